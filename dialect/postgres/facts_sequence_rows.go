package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// called are the sequences that a statement's nextval() and its kin are called for.
func called(c *fact.Ctx, n change.Numbers) []change.Name {
	out := slices.Clone(n.Sequences)
	for _, m := range n.OfColumns {
		out = addNames(out, c.State.OwnedBy(m.Table, m.Column)...)
	}
	return out
}

func numberedSelect(c *fact.Ctx) []change.Name { return called(c, c.Op.(*change.Select).Numbers) }

// numberedInsert are the sequences that new rows take numbers from: for columns
// without a value, and where the statement says so itself.
func numberedInsert(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Insert)
	out := called(c, op.Numbers)
	t := c.State.Table(behindView(c, op.Table))
	if t == nil {
		return out
	}
	inOrder := t.Complete && !c.State.IsView(op.Table)
	for i, col := range t.Columns {
		if takesDefault(op, col, i, inOrder) {
			out = addNames(out, one(col.Sequence)...)
		}
	}
	return out
}

// numberedUpdate are those of the columns that are set to DEFAULT. That of a
// view's column is the view's own.
func numberedUpdate(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Update)
	out := called(c, op.Numbers)
	t := c.State.Table(op.Table)
	if t == nil {
		return out
	}
	for _, col := range t.Columns {
		if slices.Contains(op.Defaults, col.Name) {
			out = addNames(out, one(col.Sequence)...)
		}
	}
	return out
}

// takesDefault says whether an INSERT leaves a column to its default. inOrder: i
// is its place among those that a row without names gives values for.
func takesDefault(op *change.Insert, col *schema.Column, i int, inOrder bool) bool {
	switch {
	case op.UserValue && col.Identity != "", slices.Contains(op.Resets, col.Name):
		return true
	case len(op.Columns) > 0:
		i = slices.Index(op.Columns, col.Name)
		return i < 0 || slices.Contains(op.Defaults, i)
	case op.Values == 0: // DEFAULT VALUES
		return true
	case op.Values < 0 || !inOrder:
		return false // which columns get a value is not told: most likely all
	}
	return i >= op.Values || slices.Contains(op.Defaults, i)
}
