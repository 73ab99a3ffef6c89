package gate

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// target is a column, or a relation where Column is empty, that a step takes away from
// whoever uses it by its name.
type target struct {
	Table  change.Name
	Column string
}

// String is the target as messages name it: "public.users.email".
func (t target) String() string {
	if t.Column == "" {
		return t.Table.String()
	}
	return t.Table.String() + "." + t.Column
}

// leaving is what has another name, or none, behind a step: names that it gives away and
// puts something else in the place of, as a switch of two columns does, stay. renamed are
// the columns that earlier steps gave another name.
func leaving(ops []change.Op, renamed []target) []target {
	l := &leave{was: map[string]change.Name{}}
	for _, op := range ops {
		l.op(op)
	}
	out := slices.DeleteFunc(slices.Clone(l.gone), func(t target) bool {
		return slices.ContainsFunc(l.given, func(g target) bool { return same(g, t) })
	})
	for _, view := range l.views {
		if !slices.ContainsFunc(l.replaced, func(n change.Name) bool { return sameName(n, view) }) {
			continue
		}
		for _, r := range renamed { // the view had it under both names, the table has one
			if sameName(r.Table, view) {
				out = append(out, target{view, r.Column})
			}
		}
	}
	return out
}

// leave follows names through the changes of a step.
type leave struct {
	gone, given []target
	views       []change.Name          // that were dropped
	replaced    []change.Name          // names that a table got
	was         map[string]change.Name // what a table was called before the step, by what it is called now
}

func (l *leave) op(op change.Op) {
	table := l.before(op.Head().Table)
	switch o := op.(type) {
	case *change.DropColumn:
		l.lose(table, o.Column)
	case *change.RenameColumn:
		l.lose(table, o.From)
		l.get(table, o.To)
	case *change.ModifyColumn:
		if o.From != o.Column.Name {
			l.lose(table, o.From)
			l.get(table, o.Column.Name)
		}
	case *change.AddColumn:
		l.get(table, o.Column.Name)
	case *change.DropTable:
		l.lose(table, "")
	case *change.RenameTable:
		to := o.To
		if to.Schema == "" {
			to.Schema = op.Head().Table.Schema
		}
		l.lose(op.Head().Table, "")
		l.get(to, "")
		l.was[to.String()], l.replaced = table, append(l.replaced, to)
	case *change.CreateTable:
		l.get(op.Head().Table, "")
	case *change.Object:
		l.object(o)
	}
}

func (l *leave) object(o *change.Object) {
	if o.Class != "view" && o.Class != "materialized view" {
		return
	}
	switch o.Verb {
	case "create": // with the columns that it is to have
		l.get(o.Name, "")
		l.gone = slices.DeleteFunc(l.gone, func(t target) bool { return t.Column != "" && sameName(t.Table, o.Name) })
	case "drop":
		l.lose(o.Name, "")
		l.views = append(l.views, o.Name)
	case "rename":
		l.lose(o.Name, "")
		l.get(change.Name{Schema: o.Name.Schema, Name: o.To}, "")
	}
}

// before is what a table was called when the step began.
func (l *leave) before(n change.Name) change.Name {
	if was, ok := l.was[n.String()]; ok {
		return was
	}
	return n
}

func (l *leave) lose(table change.Name, column string) {
	t := target{table, column}
	if column != "" && slices.ContainsFunc(l.given, func(g target) bool { return g.Column == "" && sameName(g.Table, table) }) {
		return // the step has made the relation itself
	}
	l.given = slices.DeleteFunc(l.given, func(g target) bool { return same(g, t) })
	l.gone = append(l.gone, t)
}

func (l *leave) get(table change.Name, column string) {
	l.given = append(l.given, target{table, column})
}

func same(a, b target) bool { return a.Column == b.Column && sameName(a.Table, b.Table) }

// sameName: a name without a schema may be any that is called so.
func sameName(a, b change.Name) bool {
	return a.Name == b.Name && (a.Schema == b.Schema || a.Schema == "" || b.Schema == "")
}
