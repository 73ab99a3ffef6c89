package rules

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func ddlMixedWithDML() *Rule {
	return &Rule{
		ID: "ddl-mixed-with-dml", Family: Transactions, Severity: Error, Dialects: []string{"postgres"}, Recipe: "backfill",
		Kinds: []change.Kind{change.KindUpdate, change.KindDelete, change.KindInsert},
		Doc: Doc{
			Title: "rows are changed in the transaction that holds a schema change's lock",
			Why: "A lock taken by a schema change is kept until the transaction ends. An UPDATE, DELETE or INSERT .. SELECT after it in the same transaction " +
				"makes everyone wait for the table until all those rows are written.",
			Instead: "Schema change in one file, rows in another (in batches where they are many), so that each has its own transaction.",
			Refs:    []string{"https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"},
			Aliases: []string{"update-in-migration"},
			Bad: []Example{{Tx: true, Before: "CREATE TABLE orders (id bigint PRIMARY KEY, total bigint);",
				Files: []string{"ALTER TABLE orders ADD COLUMN cents bigint;\nUPDATE orders SET cents = total * 100 WHERE total > 0;"}}},
			Good: []Example{{Tx: true, Before: "CREATE TABLE orders (id bigint PRIMARY KEY, total bigint);",
				Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN cents bigint;", "UPDATE orders SET cents = total * 100 WHERE id BETWEEN 1 AND 1000;"}}},
		},
		Op: checkDDLMixedWithDML,
	}
}

func checkDDLMixedWithDML(p *Pass) {
	if !changesManyRows(p) || p.State.InTx() == schema.Outside {
		return
	}
	held, ok := heldLock(p)
	if !ok || !p.Once() {
		return
	}
	const help = "put the schema change and the change of rows into separate files"
	what := map[change.Kind]string{change.KindUpdate: "UPDATE", change.KindDelete: "DELETE", change.KindInsert: "INSERT .. SELECT"}[p.Op.Kind()]
	waits := "reads and writes"
	if !held.Blocks.Has(change.Reads) {
		waits = "writes"
	}
	if p.State.InTx() == schema.Perhaps {
		p.ReportAs(Warning, p.Op.Head().Span, help, "if your migration tool runs this file in a transaction, %s of %s wait until this %s of %s is done", waits, p.Display(held.Table), what, p.Table())
		return
	}
	p.Report(help, "%s on %s is held while this %s runs: %s of it wait until the transaction ends", held.Lock, p.Display(held.Table), what, waits)
}

// changesManyRows: literal rows are few, and a table of this file's own is
// nobody's business.
func changesManyRows(p *Pass) bool {
	if in, ok := p.Op.(*change.Insert); ok {
		return (in.Select && anyOld(p, in.Sources)) || in.Copy
	}
	return p.OldTable()
}

func anyOld(p *Pass, names []change.Name) bool {
	for _, n := range names {
		if p.Old(n) {
			return true
		}
	}
	return false
}
