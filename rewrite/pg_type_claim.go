package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// swap is what the switch of a type change does beside the two columns, most of
// it in the migration's own words: what it drops before the change and makes again
// behind it is away only within that transaction.
type swap struct {
	conv   *conversion
	after  *conversion        // as the types are called from the switch on
	before schema.ColumnParts // the column before the migration
	own    bool               // the migration itself says what the default becomes

	takes       []int         // statements that are part of the switch, or of the last step
	clauses     []change.Span // the same of clauses of the column's own statement
	first, last []string      // before and after the names are swapped
	undo, redo  []string      // what takes last back, and first
	final       []string      // when the old column is gone
	known       []string      // for the guard
	views       []change.Name // that the migration drops
	types       []typeRename
	// made are the types that the migration makes; madeAs is the name for a while of
	// the one that gets the old one's.
	made   []madeType
	madeAs change.Name
	mats   []*remadeMat
	drops  []change.Name // views that are locked, those that read others first
	// again are triggers and policies, made again for the column that has the name.
	again []string
}

const typeReason = "the name goes from the old type to the new one in one transaction, together with the column"

// madeType is a type that the plan makes at once.
type madeType struct {
	name change.Name
	sql  string
}

// typeRename is a type that gets another name in the switch.
type typeRename struct{ schema, from, to string }

// claim goes through the migration's other statements.
func (w *swap) claim(c *Case, op *change.AlterColumnType) error {
	for _, o := range c.Siblings {
		if err := w.sibling(c, op, o); err != nil {
			return err
		}
	}
	for _, stmt := range c.Script.Stmts {
		if stmt.Index == c.Stmt.Index {
			continue
		}
		claimed, err := w.statement(c, op, stmt)
		if err != nil {
			return err
		}
		if claimed {
			w.takes = append(w.takes, stmt.Index)
			continue
		}
		if stmt.Index > c.Stmt.Index && mentions(c, stmt, op) {
			return RefuseWhole("another statement of the migration, %s, is about %s.%s too, which has its new type only when all steps have run: put it in a migration of its own, to be run after them",
				titleOf(c.Text, stmt), c.Table(), c.Q(op.Column))
		}
	}
	return nil
}

// mentions says whether a statement has both names in it.
func mentions(c *Case, stmt *change.Stmt, op *change.AlterColumnType) bool {
	words := wordsOf(c.Source(stmt.Span))
	if !words[strings.ToLower(op.Table.Name)] || !words[strings.ToLower(op.Column)] {
		return false
	}
	return !slices.ContainsFunc(stmt.Ops, func(o change.Op) bool {
		other, is := o.(*change.AlterColumnType)
		return is && (other.Column != op.Column || c.State.Resolve(other.Table) != c.State.Resolve(op.Table))
	})
}

// sibling takes the default's clauses of the same ALTER TABLE, which the server
// runs before and after the change of type, wherever they stand.
func (w *swap) sibling(c *Case, op *change.AlterColumnType, o change.Op) error {
	if o == change.Op(op) {
		return nil
	}
	if d, is := o.(*change.ColumnDefault); is && d.Column == op.Column {
		w.clauses = append(w.clauses, d.Span)
		return w.setsDefault(c, d, "ALTER TABLE "+c.Table()+" "+c.Source(d.Span), true)
	}
	if _, is := o.(*change.AlterColumnType); is || !wordsOf(c.Source(o.Head().Span))[strings.ToLower(op.Column)] {
		return nil
	}
	return RefuseWhole("%s stands in the same statement and is about %s too, which has its new type only when all steps have run: put it in a migration of its own, to be run after them", oneLine(c.Source(o.Head().Span)), c.Q(op.Column))
}

// setsDefault notes what the migration makes of the default.
func (w *swap) setsDefault(c *Case, d *change.ColumnDefault, text string, behind bool) error {
	w.own = true
	if d.Default == nil {
		return nil
	}
	if !behind {
		return RefuseWhole("the migration sets a default of %s.%s before it changes the type: set it behind that", c.Table(), c.Q(d.Column))
	}
	w.last = append(w.last, text)
	return nil
}

// statement says whether a statement is part of the switch, and takes it in.
func (w *swap) statement(c *Case, op *change.AlterColumnType, stmt *change.Stmt) (bool, error) {
	if unread := stmt.Err != nil || len(stmt.Ops) == 0; unread || len(stmt.Inner) > 0 {
		return false, nil
	}
	text := commentsOf(stmt) + c.Source(stmt.Span)
	switch o := stmt.Ops[0].(type) {
	case *change.ColumnDefault:
		if len(stmt.Ops) > 1 || o.Column != op.Column || c.State.Resolve(o.Table) != c.State.Resolve(op.Table) {
			return false, nil
		}
		return true, w.setsDefault(c, o, text, stmt.Index > c.Stmt.Index)
	case *change.CreateIndex:
		return w.matIndexed(c, stmt, o)
	case *change.Object:
		if w.widensSequence(c, op, o, stmt) {
			w.last = append(w.last, text)
			w.redo = append(w.redo, "ALTER SEQUENCE "+c.Text.QuoteName(c.State.Resolve(o.Name))+" AS "+baseType(w.before.Type))
			return true, nil
		}
		if stmt.Index < c.Stmt.Index {
			return w.objectBefore(c, op, stmt, o, text)
		}
		return w.objectBehind(c, stmt, o, text)
	}
	return false, nil
}

// commentsOf are the comments before and behind a statement, as lines of their own.
func commentsOf(stmt *change.Stmt) string {
	var out strings.Builder
	for _, c := range stmt.Comments {
		if !stmt.Span.Contains(c.Span) {
			out.WriteString(strings.TrimRight(c.Text, "\r\n") + "\n")
		}
	}
	return out.String()
}
