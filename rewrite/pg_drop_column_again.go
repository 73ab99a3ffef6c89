package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// again is a column that the migration adds under the name of one that it drops.
type again struct {
	op       *change.AddColumn
	stmt     *change.Stmt
	required bool // NOT NULL without a default
}

// madeAgain finds the column that takes the name. It can be added in the moment in
// which the old one goes where that is brief: what it holds is not of the old one.
func (l *leaving) madeAgain() (*again, error) {
	c, name := l.c, l.op.Column
	if !c.columnGivenAgain(l.table, name) {
		return nil, nil
	}
	for _, stmt := range c.Script.Stmts[c.Stmt.Index:] {
		for _, op := range stmt.Ops {
			add, is := op.(*change.AddColumn)
			if !is || add.Column.Name != name || c.State.Resolve(add.Table) != l.table {
				continue
			}
			if l.isBrief(add) && l.isMine(add) && (stmt == c.Stmt || len(stmt.Ops) == 1 && len(stmt.Inner) == 0) && !l.namedBetween(stmt) {
				return &again{op: add, stmt: stmt, required: add.Column.NotNull && add.Column.Default == nil}, nil
			}
		}
	}
	return nil, RefuseWhole("the migration gives the name %s to another column: both cannot be there at once. Change the type of %s, or drop it in a migration of its own, for when no running version uses it", l.shown(), c.Q(name))
}

// isBrief says whether the column is added without a look at the rows, and nothing of
// it has a recipe of its own.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
func (l *leaving) isBrief(add *change.AddColumn) bool {
	col := &add.Column
	switch {
	case add.IfNotExists, len(col.Constraints) > 0, col.Generated != nil, col.Identity != "":
		return false
	case col.Default != nil && col.Default.Volatility != change.Constant:
		return false
	}
	return !strings.HasSuffix(strings.ToLower(col.Type.Name), "serial")
}

// isMine says whether no other recipe is asked for the new column, but for that it is
// required, and none has seen it yet.
func (l *leaving) isMine(add *change.AddColumn) bool {
	if slices.Contains(l.c.Siblings, change.Op(add)) && add.Span.Start < l.op.Span.Start {
		return false
	}
	return !slices.ContainsFunc(l.c.Requests, func(r Request) bool {
		return add.Span.Contains(r.Span) && r.Rule != "add-column-required"
	})
}

// text is the new column's clause: a NOT NULL that no default bears out comes later.
func (a *again) text(c *Case) string {
	if not := a.op.Column.NotNullSpan; a.required && not.Valid() {
		head := strings.TrimRight(c.Source(change.Span{Start: a.op.Span.Start, End: not.Start}), " \t\r\n")
		return head + c.Source(change.Span{Start: not.End, End: a.op.Span.End})
	}
	return c.Source(a.op.Span)
}

// require makes new columns NOT NULL once every version writes them.
func (g *leavers) require() []Step {
	var out []Step
	for _, l := range g.all {
		if l.again == nil || !l.again.required {
			continue
		}
		state := g.c.State.Clone()
		state.Apply(g.c.Script, l.op) // NOT NULL of the old one has let go of its name
		name := state.ConstraintName(g.table, change.Constraint{Kind: change.NotNull, Columns: []string{l.op.Column}})
		r := required{
			c: g.c, table: g.table, columns: []string{l.op.Column}, named: map[string]string{l.op.Column: name},
			phase: Contract, gate: &Gate{Deploy: []string{"every running version writes the new " + l.shown()}}, fresh: true,
		}
		out = append(out, r.steps().all()...)
	}
	return out
}

// namedBetween says whether a statement between the two is about the name: whether
// it means the old column or none cannot be kept when they come in one moment.
func (l *leaving) namedBetween(stmt *change.Stmt) bool {
	for i := l.c.Stmt.Index + 1; i < stmt.Index; i++ {
		words := wordsOf(l.c.Script.Stmts[i].Span.Text(l.c.Script.Src))
		if words[strings.ToLower(l.op.Column)] && words[strings.ToLower(l.table.Name)] {
			return true
		}
	}
	return false
}

// waitsForName says whether a statement is about a name that contract steps give to
// something else: it comes behind all of them. What is about a thing that such a
// statement makes comes behind them too.
func (b *builder) waitsForName(stmt *change.Stmt) bool {
	words := wordsOf(stmt.Span.Text(b.in.Script.Src))
	for _, w := range b.waits {
		if !w.table.IsZero() && !words[strings.ToLower(w.table.Name)] {
			continue
		}
		if slices.ContainsFunc(w.again, func(n string) bool { return words[strings.ToLower(n)] }) {
			return true
		}
	}
	return false
}

// madeBehind are the names of what a statement makes.
func madeBehind(stmt *change.Stmt) []string {
	var out []string
	for _, op := range stmt.Ops {
		switch op := op.(type) {
		case *change.CreateIndex:
			out = append(out, op.Name)
		case *change.AddConstraint:
			out = append(out, op.Constraint.Name)
		case *change.CreateTrigger:
			out = append(out, op.Name)
		case *change.RenameIndex:
			out = append(out, op.To)
		case *change.Object:
			out = append(out, op.Name.Name, op.To)
		}
	}
	return slices.DeleteFunc(out, func(n string) bool { return n == "" })
}
