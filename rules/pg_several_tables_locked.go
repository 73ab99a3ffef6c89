package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func severalTablesLocked() *Rule {
	return &Rule{
		ID: "several-tables-locked", Family: Transactions, Severity: Info, Dialects: []string{"postgres"},
		Doc: Doc{
			Title: "one transaction takes strong locks on several tables, one after the other",
			Why: "While the second statement waits for its table, nobody can use the first. A transaction of the application that uses the two in the other order deadlocks with it, and one of both is killed. " +
				"Reported once per file, at the statement that asks for the second table. A note, and only where nothing worse is said of the statement, because a lock_timeout (missing-lock-timeout) bounds the wait, and a deadlock ends by itself.",
			Instead: "One table per transaction: a file each. A foreign key locks two tables by its nature, and is not reported alone.",
			Refs:    []string{"https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS"},
			Aliases: []string{"avoidWideLockWindow", "multiple-locks", "multiple_foreign_keys", "wide-lock-window"},
			Bad: []Example{{Before: "CREATE TABLE users (id bigint);\nCREATE TABLE orders (id bigint);", Tx: true,
				Files: []string{"ALTER TABLE users ADD COLUMN note text;\nALTER TABLE orders ADD COLUMN note text;"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint);\nCREATE TABLE orders (id bigint);", Tx: true,
				Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN note text;", "SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;"}}},
		},
		Stmt: checkSeveralTables,
	}
}

func checkSeveralTables(p *Pass) {
	if p.State.InTx() == schema.Outside || p.Stmt.Err != nil {
		return
	}
	held := p.heldTables()
	if len(held) == 0 {
		return
	}
	for _, e := range p.Result.Effects {
		if !strongOnOld(p, e) || p.holds(e.Table) {
			continue
		}
		if p.statementReported() || !p.Once() {
			return
		}
		keeps := "while this waits for %s, the transaction keeps its lock on %s"
		if p.State.InTx() == schema.Perhaps {
			keeps = "if your migration tool runs this file in a transaction: " + keeps
		}
		p.ReportAs(Info, p.Stmt.Span, "put it into a file of its own, so that each transaction locks one table", keeps, p.Display(e.Table), p.Display(held[0]))
		return
	}
}

// statementReported: something worse is said of the statement already, whose
// remedy mostly moves it into a file of its own.
func (p *Pass) statementReported() bool {
	return slices.ContainsFunc((*p.findings)[p.first:], func(f Finding) bool { return f.Stmt == p.Stmt && f.Severity > Info })
}

// strongOnOld is a lock that makes writes of an old table wait; a sequence is none.
func strongOnOld(p *Pass, e change.Effect) bool {
	return e.Lock >= change.Share && e.Work != change.Rows && p.Old(e.Table) && !p.unseenIndex(e) && !strings.Contains(e.Fact, "sequence")
}

// unseenIndex: the table of an index that was never seen is not known; it may
// be any of those that the transaction locks anyway.
func (p *Pass) unseenIndex(e change.Effect) bool {
	return e.Fact == "drop-index" && p.State.Table(e.Table) == nil
}
