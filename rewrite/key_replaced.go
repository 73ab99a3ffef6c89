package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// keyDropped is the index of a UNIQUE constraint that a change drops and that
// nothing else goes with, or nil.
func keyDropped(state *schema.State, op change.Op) *schema.Index {
	drop, is := op.(*change.DropConstraint)
	if !is || drop.Cascade {
		return nil
	}
	t := state.Table(drop.Table)
	if t == nil || t.Partitioned {
		return nil
	}
	k := t.Constraint(drop.Name)
	if k == nil || k.Kind != change.Unique || len(k.Columns) == 0 {
		return nil
	}
	return &schema.Index{Name: k.Name, Table: t.Name, Columns: k.Columns, Unique: true}
}

// keysDropped are those of a statement that does nothing else.
func keysDropped(state *schema.State, stmt *change.Stmt) []*schema.Index {
	var out []*schema.Index
	for _, op := range stmt.Ops {
		ix := keyDropped(state, op)
		if ix == nil {
			return nil
		}
		out = append(out, ix)
	}
	return out
}

// dropsBehind takes UNIQUE constraints that a statement drops, and for which it
// adds others, out of it: they go when the recipes have built those. Until then
// rows stay as unique as they are.
func (b *builder) dropsBehind(stmt *change.Stmt, m *made) {
	made := successors(b.in, b.state, stmt)
	made = slices.DeleteFunc(made, func(n successor) bool { return !m.takenOut(n.span) })
	if len(made) == 0 || len(m.after) == 0 {
		return
	}
	last := m.after[len(m.after)-1]
	for i := range m.clauses {
		c := &m.clauses[i]
		op := opAt(stmt, c.span)
		ix := keyDropped(b.state, op)
		if c.text != nil || ix == nil || slices.ContainsFunc(made, func(n successor) bool { return n.name == ix.Name }) {
			continue
		}
		if !slices.ContainsFunc(made, func(n successor) bool { return n.replaces(ix, ix.Columns, last.Gate != nil) }) {
			continue
		}
		m.after = append(m.after, b.dropStep(stmt, op.(*change.DropConstraint), c, last))
		c.text = TakenOut()
	}
}

// takenOut says whether a clause has gone into steps of its own.
func (m *made) takenOut(span change.Span) bool {
	return slices.ContainsFunc(m.clauses, func(c clause) bool { return c.span == span && c.text != nil && *c.text == "" })
}

// dropStep drops a constraint when the last of the steps before it is done.
func (b *builder) dropStep(stmt *change.Stmt, op *change.DropConstraint, at *clause, last Step) Step {
	table := b.in.Text.QuoteName(op.Table)
	s := Step{
		Phase: last.Phase, Gate: last.Gate, InTx: true, Title: "drop " + b.in.Text.Quote(op.Name) + " of " + table, Slug: Slug("drop", op.Name),
		SQL:    []string{"ALTER TABLE " + table + " " + at.span.Text(b.in.Script.Raw)},
		Accept: []Accept{keyReplaced()},
	}
	s.way, s.Final = b.inverse(stmt, []clause{*at})
	s.Down, s.DownInTx = s.way.statements()
	return s
}

// keyReplaced: in the migration's own file the linter sees both.
func keyReplaced() Accept {
	return Accept{Rule: "drop-constraint", Reason: "the migration has another in its place, and that is there already"}
}
