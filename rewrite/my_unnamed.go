package rewrite

import "github.com/safemig/safemig/dialect/change"

// nameOfIndex is what an index is called, or what the server will call it; empty
// where that depends on what is not known of the table. It is asked before the
// statement is applied to the state.
func (b *builder) nameOfIndex(op *change.CreateIndex) string {
	if t := b.state.Table(op.Table); op.Name != "" || t == nil || !t.Complete {
		return op.Name
	}
	return b.state.IndexName(op)
}

// nameOfConstraint is the same of a constraint.
func (b *builder) nameOfConstraint(op *change.AddConstraint) string {
	if t := b.state.Table(op.Table); op.Constraint.Name != "" || t == nil || !t.Complete {
		return op.Constraint.Name
	}
	return b.state.ConstraintName(op.Table, op.Constraint)
}
