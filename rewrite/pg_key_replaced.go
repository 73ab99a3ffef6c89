package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// replaced is a key that takes the place of one which the migration drops: the
// index is built beforehand under a name of its own, and the statement changes
// one for the other, so that the table is never without a key. USING INDEX gives
// the index the constraint's name.
func (k *key) replaced(op *change.AddConstraint) (Result, error) {
	c := k.c
	t := c.Input.State.Table(op.Table)
	there := func(column string) bool { return t != nil && t.Column(column) != nil }
	for _, n := range k.con.Columns {
		if !there(n) {
			return Result{}, Refuse("the new key of %s has %s, which the same migration makes, in the place of a key that it drops: put the columns into a migration before it", c.Table(), c.Q(n))
		}
	}
	required := k.notNull(k.nullable())
	index := MadeName(k.name, "new")
	steps := slices.Concat([]Step{k.lookForTwins()}, required.prove(), required.set, []Step{k.build(op.Table, index)})
	for i := range steps {
		if steps[i].Gate != nil || steps[i].Backfill != nil {
			return Result{}, Refuse("rows of %s may have no value in columns of its new key: make them NOT NULL in a migration of their own first", c.Table())
		}
		steps[i].Early, steps[i].Phase = true, Expand
	}
	clause := "ADD CONSTRAINT " + c.Q(k.name) + " " + k.parts.words + " USING INDEX " + c.Q(index) + " " + k.parts.rest
	return Result{Clause: Replace(strings.TrimSpace(clause)), Before: steps, Owns: []string{k.name}}, nil
}

// replaces says whether a change makes anew what the migration takes away before it.
func (b *builder) replaces(stmt *change.Stmt, op change.Op) bool {
	gone := map[string]bool{}
	for key := range b.gone {
		gone[key] = true
	}
	for _, sibling := range stmt.Ops {
		if sibling == op {
			break
		}
		gone[b.keyGone(sibling)] = true
	}
	return slices.ContainsFunc(b.keysMade(op), func(key string) bool { return gone[key] })
}
