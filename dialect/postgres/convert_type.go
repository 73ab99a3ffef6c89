package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/token"
)

// typeNames is a type's schema and its name in the server's spelling. What
// stands in pg_catalog has no schema.
func typeNames(t *pg.TypeName) (schema, name string) {
	n := listName(t.GetNames())
	if n.Schema == "" || n.Schema == "pg_catalog" {
		return "", serverType(n.Name)
	}
	return n.Schema, n.Name
}

// typeOf is a type whose text is at.
func typeOf(t *pg.TypeName, at tokens) change.Type {
	out := change.Type{Span: at.span(), Dims: len(t.GetArrayBounds())}
	out.Schema, out.Name = typeNames(t)
	out.Args = typeArgs(out.Name, at)
	if out.Name == "character" && len(t.GetTypmods()) == 0 {
		out.Name = "bpchar" // of any length, where character is of length 1
	}
	return out
}

// typeArgs is a type's modifiers as they are written, an interval's fields
// among them. The server keeps none for float(n).
func typeArgs(name string, at tokens) []string {
	if name == "real" || name == "double precision" {
		return nil
	}
	var args []string
	open := at.findOpen()
	if fields := intervalFields(at); fields != "" {
		args = append(args, fields)
	}
	if open < 0 {
		return args
	}
	for _, a := range at.inside(open).commas() {
		args = append(args, a.span().Text(at.src))
	}
	return args
}

// intervalFields is what limits an interval: "day to second".
// https://www.postgresql.org/docs/current/datatype-datetime.html
func intervalFields(at tokens) string {
	i := 1
	for at.is(0, "INTERVAL") && i < at.len() && at.list[i].Kind == token.Word && !at.is(i, "ARRAY") {
		i++
	}
	return at.sub(1, i).words()
}

// sameType says whether two types are written with the same meaning.
func sameType(a, b *pg.TypeName) bool {
	as, an := typeNames(a)
	bs, bn := typeNames(b)
	return as == bs && an == bn && len(a.GetArrayBounds()) == len(b.GetArrayBounds()) &&
		slices.EqualFunc(a.GetTypmods(), b.GetTypmods(), func(x, y *pg.Node) bool { return constText(x) == constText(y) })
}
