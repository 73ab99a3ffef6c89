package rules

import "github.com/safemig/safemig/dialect/change"

func dropIndexNotConcurrent() *Rule {
	return &Rule{
		ID: "drop-index-not-concurrent", Family: Locking, Severity: Warning, Dialects: []string{"postgres"}, Recipe: "drop-index-concurrently",
		Kinds: []change.Kind{change.KindDropIndex},
		Doc: Doc{
			Title: "DROP INDEX without CONCURRENTLY takes ACCESS EXCLUSIVE on the table",
			Why: "Dropping an index takes an ACCESS EXCLUSIVE lock on its table. The drop itself is quick, but while it waits for a running query " +
				"every later query on the table, SELECT too, waits behind it.",
			Instead: "DROP INDEX CONCURRENTLY, one index per statement, outside a transaction. It is not allowed with CASCADE, nor for an index of a constraint or of a partitioned table: there, set lock_timeout.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-dropindex.html"},
			Aliases: []string{"require-concurrent-index-deletion", "remove_index", "PG102"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint, note text); CREATE INDEX orders_note_idx ON orders (note);", Files: []string{"DROP INDEX orders_note_idx;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint, note text); CREATE INDEX orders_note_idx ON orders (note);", Files: []string{"DROP INDEX CONCURRENTLY orders_note_idx;"}}},
		},
		Op: checkDropIndexNotConcurrent,
	}
}

func checkDropIndexNotConcurrent(p *Pass) {
	op := p.Op.(*change.DropIndex)
	if op.Concurrently {
		return
	}
	ix := p.State.Index(op.Index)
	if ix == nil {
		p.Report("DROP INDEX CONCURRENTLY "+op.Index.String()+", outside a transaction",
			"DROP INDEX takes ACCESS EXCLUSIVE on the table of %s: queries wait behind it", p.Display(op.Index))
		return
	}
	if !p.Old(ix.Table) {
		return
	}
	help := "DROP INDEX CONCURRENTLY " + p.Display(op.Index) + ", outside a transaction"
	if t := p.State.Table(ix.Table); t != nil && t.Partitioned {
		help = "an index of a partitioned table cannot be dropped CONCURRENTLY: SET lock_timeout before it and retry"
	}
	p.Report(help, "DROP INDEX takes ACCESS EXCLUSIVE on %s: queries wait behind it", p.Display(ix.Table))
}
