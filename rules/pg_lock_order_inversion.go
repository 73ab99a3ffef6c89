package rules

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func lockOrderInversion() *Rule {
	return &Rule{
		ID: "lock-order-inversion", Family: Transactions, Severity: Warning, Dialects: []string{"postgres"}, Off: true,
		Doc: Doc{
			Title: "two files lock the same tables in opposite orders",
			Why: "Two transactions that take strong locks on the same tables in opposite orders deadlock when they run at once, and the server kills one of them. " +
				"Migration tools mostly run one file at a time, so this is off unless asked for: it matters where several migrators run at once, or where one of the files is a job that runs again and again.",
			Instead: "Lock tables in one order everywhere (by name, or parents before children), or one table per transaction.",
			Refs:    []string{"https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS"},
			Bad: []Example{{Before: "CREATE TABLE users (id bigint);\nCREATE TABLE orders (id bigint);", Tx: true, Files: []string{
				"SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN a int;\nALTER TABLE orders ADD COLUMN a int;",
				"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN b int;\nALTER TABLE users ADD COLUMN b int;"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint);\nCREATE TABLE orders (id bigint);", Tx: true, Files: []string{
				"SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN a int;\nALTER TABLE orders ADD COLUMN a int;",
				"SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN b int;\nALTER TABLE orders ADD COLUMN b int;"}}},
		},
		Stmt: checkLockOrder,
	}
}

// lockOrder is a pair of tables as one transaction locked them.
type lockOrder struct{ first, second change.Name }

func checkLockOrder(p *Pass) {
	if p.State.InTx() == schema.Outside || p.Stmt.Err != nil {
		return
	}
	held := p.heldTables()
	for _, e := range p.Result.Effects {
		if !strongOnOld(p, e) || p.holds(e.Table) {
			continue
		}
		for _, first := range held {
			if path, ok := p.Orders[lockOrder{e.Table, first}]; ok && path != p.Script.Path && p.onceFor(first.String()+" "+e.Table.String()) {
				p.ReportAs(Warning, p.Stmt.Span, "lock tables in one order everywhere, or one per transaction",
					"this locks %s after %s; %s locks them the other way round", p.Display(e.Table), p.Display(first), path)
			}
			if _, ok := p.Orders[lockOrder{first, e.Table}]; !ok {
				p.Orders[lockOrder{first, e.Table}] = p.Script.Path
			}
		}
	}
}
