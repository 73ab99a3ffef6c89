package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// objectBefore is a view that is dropped, or a type that makes room for the new one.
func (w *swap) objectBefore(c *Case, op *change.AlterColumnType, stmt *change.Stmt, o *change.Object, text string) (bool, error) {
	start := c.Input.State
	name := start.Resolve(o.Name)
	switch {
	case o.Class == "view" && o.Verb == "drop":
		return w.viewDropped(c, op, stmt, text)
	case o.Class == "materialized view" && o.Verb == "drop":
		return w.matDropped(c, op, stmt)
	case (o.Class == "policy" || o.Class == "trigger" || o.Class == "rule") && o.Verb == "drop" && start.Resolve(o.Table) == start.Resolve(op.Table):
		return false, w.policyDropped(c, op, o)
	case o.Class == "type" && o.Verb == "rename" && w.isOldType(c, name):
		w.types = append(w.types, typeRename{name.Schema, o.Name.Name, o.To})
		w.last = append(w.last, ignoring("rename-object", typeReason, text))
		return true, nil
	case (o.Class == "type" || o.Class == "enum") && o.Verb == "create" && w.isOldType(c, name):
		return true, w.typeMade(c, o, name, text)
	case (o.Class == "type" || o.Class == "enum") && o.Verb == "create" && w.isNewType(c, name):
		w.made = append(w.made, madeType{name, text})
		return true, nil
	}
	return false, nil
}

// policyDropped refuses where something is dropped that the plan takes along.
func (w *swap) policyDropped(c *Case, op *change.AlterColumnType, o *change.Object) error {
	for _, d := range c.Input.State.Defs(op.Table) {
		if d.Class == o.Class && d.Name.Name == o.Name.Name && wordsOf(d.Text)[strings.ToLower(op.Column)] {
			return RefuseWhole("the migration drops the %s %s to change the type of %s.%s: leave that out, and what makes it again: the plan takes it along without a moment in which it is away",
				o.Class, c.Q(o.Name.Name), c.Table(), c.Q(op.Column))
		}
	}
	return nil
}

// isOldType says whether a name is that of the column's type before the migration.
func (w *swap) isOldType(c *Case, name change.Name) bool {
	t := c.Input.State.Table(c.Op.Head().Table).Column(c.Op.(*change.AlterColumnType).Column).Type()
	u := c.Input.State.Type(change.Name{Schema: t.Schema, Name: t.Name})
	return u != nil && u.Name == name
}

// isNewType says whether a name is that of the type that the column gets.
func (w *swap) isNewType(c *Case, name change.Name) bool {
	t := c.Op.(*change.AlterColumnType).Type
	return c.State.Resolve(change.Name{Schema: t.Schema, Name: t.Name}) == name && c.State.Type(name) != nil
}

// typeMade is CREATE TYPE with the name of the old type, which was renamed before:
// it gets that name in the switch.
func (w *swap) typeMade(c *Case, o *change.Object, name change.Name, text string) error {
	made := MadeName(o.Name.Name, "new")
	create, err := c.Text.WithName(schema.Piece{Kind: schema.StatementPiece, Text: c.Source(w.spanOf(c, o)), Schema: name.Schema}, made)
	if err != nil {
		return asRefusal(err)
	}
	w.types = append(w.types, typeRename{name.Schema, made, o.Name.Name})
	w.last = append(w.last, ignoring("rename-object", typeReason, "ALTER TYPE "+c.Text.QuoteName(change.Name{Schema: name.Schema, Name: made})+" RENAME TO "+c.Q(o.Name.Name)))
	w.madeAs = change.Name{Schema: name.Schema, Name: made}
	w.made = append(w.made, madeType{w.madeAs, strings.TrimSuffix(text, c.Source(w.spanOf(c, o))) + create})
	return nil
}

func (w *swap) spanOf(c *Case, o *change.Object) change.Span {
	for _, stmt := range c.Script.Stmts {
		if slices.Contains(stmt.Ops, change.Op(o)) {
			return stmt.Span
		}
	}
	return o.Span
}

// viewDropped takes the drop of views that read the column.
func (w *swap) viewDropped(c *Case, op *change.AlterColumnType, stmt *change.Stmt, text string) (bool, error) {
	start := c.Input.State
	reading := start.ViewsOnColumn(op.Table, op.Column)
	var names []change.Name
	cascade := false
	for _, o := range stmt.Ops {
		if view, is := o.(*change.Object); is {
			names, cascade = append(names, start.Resolve(view.Name)), cascade || view.Cascade
		}
	}
	if !slices.ContainsFunc(names, func(n change.Name) bool { return slices.Contains(reading, n) }) {
		return false, nil
	}
	if cascade {
		return false, RefuseWhole("DROP VIEW .. CASCADE drops what is not named: drop the views one by one")
	}
	w.first = append(w.first, text)
	w.drops = append(w.drops, names...)
	for _, n := range slices.Backward(names) {
		again, err := remakeView(c, start, n)
		if err != nil {
			return false, err
		}
		w.redo = append(again, w.redo...)
		w.views = append(w.views, n)
		w.known = append(w.known, "rule _RETURN on "+bare(n))
	}
	return true, nil
}

// objectBehind is what makes again what was dropped, what says something of it, or
// a type's name that goes over to the new one.
func (w *swap) objectBehind(c *Case, stmt *change.Stmt, o *change.Object, text string) (bool, error) {
	name, of := c.State.Resolve(o.Name), c.State.Resolve(o.Table)
	if taken, err := w.matBehind(c, stmt, o); taken || err != nil {
		return taken, err
	}
	switch {
	case slices.Contains(w.views, name) || slices.Contains(w.views, of) || slices.ContainsFunc(o.Tables, func(n change.Name) bool { return slices.Contains(w.views, c.State.Resolve(n)) }):
		if o.Verb == "create" && (o.Class == "view") {
			w.undo = append([]string{"DROP VIEW IF EXISTS " + c.Text.QuoteName(name)}, w.undo...)
			w.views = append(w.views, name)
			written, err := starWritten(c, o, c.Source(stmt.Span))
			if err != nil {
				return false, err
			}
			text = commentsOf(stmt) + written
		}
		w.last = append(w.last, text)
		return true, nil
	case o.Class != "type":
		return false, nil
	case o.Verb == "rename" && (w.isOldType(c, name) || w.isNewType(c, name)):
		w.types = append(w.types, typeRename{name.Schema, o.Name.Name, o.To})
		w.last = append(w.last, ignoring("rename-object", typeReason, text))
		return true, nil
	case o.Verb == "drop" && len(stmt.Ops) == 1 && !o.Cascade:
		old := slices.ContainsFunc(w.types, func(t typeRename) bool { return t.schema == name.Schema && t.to == name.Name })
		if old || w.isOldType(c, name) {
			w.final = append(w.final, text)
			return true, nil
		}
	}
	return false, nil
}

// oneColumn refuses where a type that gets another name is that of several columns:
// the name goes over at one moment.
func (w *swap) oneColumn(c *Case, op *change.AlterColumnType) error {
	if len(w.types) == 0 {
		return nil
	}
	old := c.Input.State.Table(op.Table).Column(op.Column).Type()
	for _, n := range c.Input.State.TablesWithType(change.Name{Schema: old.Schema, Name: old.Name}) {
		for _, col := range c.Input.State.Table(n).Columns {
			if col.Type().Name == old.Name && (n != c.Input.State.Resolve(op.Table) || col.Name != op.Column) {
				return RefuseWhole("%s.%s is of the type %s too, whose name goes over to the new type when %s.%s does: give the new type a name that it keeps, and change the columns in a migration each",
					c.Text.QuoteName(n), c.Q(col.Name), c.Q(old.Name), c.Table(), c.Q(op.Column))
			}
		}
	}
	return nil
}

// called is what a type is called when the renames are done.
func (w *swap) called(c *Case, text string) string {
	for _, t := range w.types {
		n := identifier(text)
		if at := strings.LastIndex(text, "."); at >= 0 {
			n = identifier(text[at+1:])
		}
		if n == t.from {
			head := ""
			if at := strings.LastIndex(text, "."); at >= 0 {
				head = text[:at+1]
			}
			return head + c.Q(t.to)
		}
	}
	return text
}

// widensSequence says whether a statement gives the column's own sequence the
// column's new type, and does nothing else.
func (w *swap) widensSequence(c *Case, op *change.AlterColumnType, o *change.Object, stmt *change.Stmt) bool {
	name := c.Input.State.Resolve(o.Name)
	if o.Class != "sequence" || o.Verb != "alter" || !slices.Contains(c.Input.State.OwnedBy(op.Table, op.Column), name) {
		return false
	}
	src := []byte(c.Source(stmt.Span))
	toks := c.Text.Tokens(string(src))
	n := len(toks)
	return n > 3 && toks[n-2].Is(src, "AS") && wholeWidth(strings.ToLower(toks[n-1].Span.Text(src))) > 0 && (n == 5 || n == 7)
}
