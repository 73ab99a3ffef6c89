package rules

import "github.com/safemig/safemig/dialect/change"

func reindexNotConcurrent() *Rule {
	return &Rule{
		ID: "reindex-not-concurrent", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "reindex-concurrently",
		Kinds: []change.Kind{change.KindReindex},
		Doc: Doc{
			Title: "REINDEX without CONCURRENTLY blocks writes, and reads that use the index",
			Why: "REINDEX takes SHARE on the table and ACCESS EXCLUSIVE on the index: writes wait until the index is built again, " +
				"and so does every SELECT whose plan would look at the index.",
			Instead: "REINDEX INDEX CONCURRENTLY (PostgreSQL 12 and later), outside a transaction.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY"},
			Aliases: []string{"require-concurrent-reindex", "reindex-non-concurrent"},
			Bad:     []Example{{Files: []string{"REINDEX INDEX orders_note_idx;"}}},
			Good:    []Example{{Files: []string{"REINDEX INDEX CONCURRENTLY orders_note_idx;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Reindex)
			if op.Concurrently || !reindexesOld(p, op) {
				return
			}
			p.Report("REINDEX .. CONCURRENTLY, outside a transaction",
				"REINDEX blocks writes, and reads that use the index, until %s is built again", reindexName(p, op))
		},
	}
}

func reindexName(p *Pass, op *change.Reindex) string {
	if op.Name.IsZero() {
		return "every index"
	}
	return op.Object + " " + p.Display(op.Name)
}

func reindexesOld(p *Pass, op *change.Reindex) bool {
	switch op.Object {
	case "table":
		return p.Old(op.Name)
	case "index":
		ix := p.State.Index(op.Name)
		return ix == nil || p.Old(ix.Table)
	}
	return true
}
