package rules

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func notValidAndValidateSameTransaction() *Rule {
	return &Rule{
		ID: "not-valid-and-validate-same-transaction", Family: Transactions, Severity: Error, Dialects: []string{"postgres"}, Recipe: "constraint-not-valid",
		Kinds: []change.Kind{change.KindValidateConstraint},
		Doc: Doc{
			Title: "NOT VALID and VALIDATE CONSTRAINT in one transaction",
			Why: "The strong lock that ADD CONSTRAINT .. NOT VALID took is kept until the transaction ends, so the VALIDATE after it checks every row under that lock: " +
				"nothing is gained over a plain ADD CONSTRAINT.",
			Instead: "Put VALIDATE CONSTRAINT into a later file, so that it runs in a transaction of its own.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"},
			Aliases: []string{"validate_foreign_key", "validate_check_constraint"},
			Bad: []Example{{Tx: true, Before: "CREATE TABLE orders (id bigint, total bigint);",
				Files: []string{"ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT total_positive;"}}},
			Good: []Example{{Tx: true, Before: "CREATE TABLE orders (id bigint, total bigint);",
				Files: []string{
					"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;",
					"ALTER TABLE orders VALIDATE CONSTRAINT total_positive;",
				}}},
		},
		Op: checkNotValidAndValidate,
	}
}

func checkNotValidAndValidate(p *Pass) {
	op := p.Op.(*change.ValidateConstraint)
	if !p.OldTable() {
		return
	}
	kind, ok := addedInThisTransaction(p, op)
	if !ok {
		return
	}
	const help = "move VALIDATE CONSTRAINT into a later file, which runs in its own transaction"
	held := "reads and writes"
	if kind == change.ForeignKey {
		held = "writes"
	}
	if p.State.InTx() == schema.Perhaps {
		p.ReportAs(Warning, op.Span, help, "if your migration tool runs this file in a transaction, VALIDATE CONSTRAINT %s blocks %s of %s until every row is checked", op.Name, held, p.Table())
		return
	}
	p.Report(help, "VALIDATE CONSTRAINT %s runs under the lock of its own ADD CONSTRAINT: %s of %s wait until every row is checked", op.Name, held, p.Table())
}

// addedInThisTransaction looks at the same statement too: ALTER TABLE may add
// and validate at once.
func addedInThisTransaction(p *Pass, op *change.ValidateConstraint) (change.ConstraintKind, bool) {
	for _, o := range p.Stmt.Ops {
		if add, ok := o.(*change.AddConstraint); ok && add.Constraint.Name == op.Name {
			return add.Constraint.Kind, true
		}
	}
	t := p.State.Table(op.Table)
	if t == nil || p.State.InTx() == schema.Outside {
		return 0, false
	}
	k := t.Constraint(op.Name)
	if k == nil || k.Validated || k.AddedTx != p.State.TxID() {
		return 0, false
	}
	return k.Kind, true
}
