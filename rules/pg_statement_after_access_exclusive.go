package rules

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func statementAfterAccessExclusive() *Rule {
	return &Rule{
		ID: "statement-after-access-exclusive", Family: Transactions, Severity: Error, Dialects: []string{"postgres"},
		Doc: Doc{
			Title: "a statement that takes long runs while the transaction holds an earlier one's strong lock",
			Why: "Locks are kept until the transaction ends. Whatever reads, indexes or writes every row of a table after a statement that took ACCESS EXCLUSIVE (or another lock that blocks writes) makes everybody wait for the first table until it is done, " +
				"even where it is gentle by itself. Brief statements after it are not reported, nor those that block the same table by themselves, which other rules name.",
			Instead: "Put the long statement into a file of its own, or before the one that takes the lock.",
			Refs:    []string{"https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"},
			Aliases: []string{"E4", "runningStatementWhileHoldingAccessExclusive"},
			Bad: []Example{{Before: "CREATE TABLE users (id bigint);\nCREATE TABLE orders (id bigint, total bigint);\nALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;", Tx: true,
				Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN note text;\nALTER TABLE orders VALIDATE CONSTRAINT total_positive;"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint);\nCREATE TABLE orders (id bigint, total bigint);\nALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;", Tx: true,
				Files: []string{"ALTER TABLE orders VALIDATE CONSTRAINT total_positive;", "SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN note text;"}}},
		},
		Stmt: checkAfterAccessExclusive,
	}
}

func checkAfterAccessExclusive(p *Pass) {
	if p.State.InTx() == schema.Outside || p.Stmt.Err != nil {
		return
	}
	held, ok := heldLock(p)
	if !ok || p.unseenIndex(held) {
		return
	}
	long, ok := longestWork(p)
	if !ok || p.blocksItself(held) || p.validatesOwn() || !p.Once() {
		return
	}
	const help = "put it into a file of its own, or before the statement that takes the lock"
	who := "reads and writes"
	if !held.Blocks.Has(change.Reads) {
		who = "writes"
	}
	table := p.Display(held.Table)
	if p.State.InTx() == schema.Perhaps {
		p.ReportAs(Warning, p.Stmt.Span, help, "if your migration tool runs this file in a transaction, %s of %s wait while this works on all rows of %s", who, table, p.Display(long.Table))
		return
	}
	p.ReportAs(Error, p.Stmt.Span, help, "%s on %s is held while this works on all rows of %s: %s wait", held.Lock, table, p.Display(long.Table), who)
}

// longestWork is the work of the statement that grows with an old table, or
// with one that the file has filled, unless it cannot be held in a transaction.
func longestWork(p *Pass) (change.Effect, bool) {
	var worst change.Effect
	if p.Result.NoTx {
		return worst, false
	}
	for i, op := range p.Stmt.Ops {
		if i >= len(p.Result.ByOp) || p.addsToEmpty(op) {
			continue
		}
		for _, e := range p.Result.ByOp[i] {
			if e.Work.Grows() && e.Work > worst.Work && p.hasRows(e) {
				worst = e
			}
		}
	}
	return worst, worst.Work.Grows()
}

// addsToEmpty: a constraint or column of a new table is checked against no row,
// in the referenced table neither.
func (p *Pass) addsToEmpty(op change.Op) bool {
	switch op.Kind() {
	case change.KindAddConstraint, change.KindAddColumn:
		return !p.hasRows(change.Effect{Table: op.Head().Table})
	}
	return false
}

// hasRows: an old table that the file has not emptied, or one that it has
// filled. A required column fails at the first row, so nobody waits for it.
func (p *Pass) hasRows(e change.Effect) bool {
	if e.Fact == "add-column-required" {
		return false
	}
	t := p.State.Table(e.Table)
	if t != nil && t.Filled {
		return true
	}
	return p.Old(e.Table) && !anyOp(p.earlier(), func(o change.Op) bool { return o.Kind() == change.KindTruncate && p.sameTable(o, e.Table) })
}

// blocksItself: the statement itself blocks the held table while it works on
// all rows, which other rules report, and their remedy moves it elsewhere.
func (p *Pass) blocksItself(held change.Effect) bool {
	for _, e := range p.Result.Effects {
		if e.Table == held.Table && e.Work.Grows() && e.Blocks.Has(change.Writes) {
			return true
		}
	}
	return false
}

// validatesOwn: not-valid-and-validate-same-transaction says it.
func (p *Pass) validatesOwn() bool {
	for _, op := range p.Stmt.Ops {
		if v, ok := op.(*change.ValidateConstraint); ok {
			if _, own := addedInThisTransaction(p, v); own {
				return true
			}
		}
	}
	return false
}
