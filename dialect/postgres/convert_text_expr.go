package postgres

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

func (f *follower) exprs(list []*pg.Node, s *scope) {
	for _, n := range list {
		f.expr(n, s)
	}
}

// expr follows the names in an expression and in all that is below it.
func (f *follower) expr(n *pg.Node, s *scope) {
	switch v := n.GetNode().(type) {
	case nil, *pg.Node_AConst, *pg.Node_String_:
	case *pg.Node_ColumnRef:
		f.columnRef(n, v.ColumnRef, s, nil)
	case *pg.Node_AIndirection:
		f.indirection(v.AIndirection, s)
	case *pg.Node_SubLink:
		f.expr(v.SubLink.GetTestexpr(), s)
		f.query(v.SubLink.GetSubselect().GetSelectStmt(), s, use{
			nameless: !f.stored, tested: v.SubLink.GetSubLinkType() == pg.SubLinkType_EXISTS_SUBLINK,
		})
	case *pg.Node_SelectStmt:
		f.query(v.SelectStmt, s, use{nameless: true})
	case *pg.Node_TypeName:
		f.typeName(v.TypeName)
	default:
		f.below(inside(n), s)
	}
}

func (f *follower) below(m protoreflect.Message, s *scope) {
	below(m, func(n *pg.Node) { f.expr(n, s) }, func(m protoreflect.Message) {
		if t, ok := m.Interface().(*pg.TypeName); ok {
			f.typeName(t)
			return
		}
		f.below(m, s)
	})
}

// typeName follows the row type that every table has. Modifiers look like
// columns and are none: geometry(Point, 4326).
func (f *follower) typeName(t *pg.TypeName) {
	if n := listName(t.GetNames()); n.Name != "" && f.isTarget(n) && !t.GetPctType() {
		f.addList(&t.Names, len(t.GetNames()))
	}
}

// addList notes the table where a list of names begins with its name, which
// has so many parts.
func (f *follower) addList(names *[]*pg.Node, parts int) {
	p := tablePlace{at: nameIn((*names)[parts-1])}
	if parts > 1 {
		at := nameIn((*names)[parts-2])
		p.schema = &at
	} else {
		p.insert = func(s string) { *names = append([]*pg.Node{pg.MakeStrNode(s)}, *names...) }
	}
	f.tables = append(f.tables, p)
}

// addRel notes the table where it stands as one.
func (f *follower) addRel(r *pg.RangeVar) {
	if r == nil || !f.isTarget(tableName(r)) {
		return
	}
	p := tablePlace{at: place{r, "relname"}}
	if r.GetSchemaname() != "" {
		p.schema = &place{r, "schemaname"}
	} else {
		p.insert = func(s string) { r.Schemaname = s }
	}
	f.tables = append(f.tables, p)
}

// columnRef follows a name in an expression: a column, or a whole row.
// Shadowed says whether a name means something else where this one stands.
func (f *follower) columnRef(n *pg.Node, c *pg.ColumnRef, s *scope, shadowed func(string) bool) {
	fields := c.GetFields()
	if fields[len(fields)-1].GetAStar() != nil {
		f.star(c, s)
		return
	}
	names := stringsOf(fields)
	column := names[len(names)-1]
	if len(names) > 1 {
		if e := f.qualifier(fields[:len(fields)-1], s); e != nil && e.target {
			f.addColumn(columnPlace{at: nameIn(fields[len(fields)-1]), column: column, ref: c, put: putIn(n)})
		}
		return
	}
	if e := s.named("", column); e != nil && f.has(e, column) != yes {
		if found, _, _ := f.bare(column, s); found == nil || f.has(found, column) != yes {
			f.wholeRow(e, fields)
			return
		}
	}
	f.bareColumn(n, c, s, shadowed)
}

// putIn puts an expression in the place of another.
func putIn(n *pg.Node) func(*pg.Node) {
	return func(e *pg.Node) { n.Node = e.GetNode() }
}

// bareColumn follows a column without a qualifier.
func (f *follower) bareColumn(n *pg.Node, c *pg.ColumnRef, s *scope, shadowed func(string) bool) {
	column := c.GetFields()[0].GetString_().GetSval()
	e, at, sure := f.bare(column, s)
	if e == nil || !e.target || isSystemColumn(column) {
		return
	}
	f.addColumn(columnPlace{
		at: nameIn(c.GetFields()[0]), column: column, ref: c, put: putIn(n), unsure: !sure, qualify: e.name,
		clash: func(name string) bool { return shadowed != nil && shadowed(name) || f.clashes(name, e, s, at) },
	})
}

// clashes says whether a name without a qualifier may mean a column of another
// table of the queries from one to the other.
func (f *follower) clashes(name string, own *entry, from, to *scope) bool {
	for s := from; s != nil; s = s.outer {
		if slices.ContainsFunc(s.entries, func(e *entry) bool { return e != own && !e.aside && f.has(e, name) != no }) {
			return true
		}
		if s == to {
			break
		}
	}
	return false
}

// isSystemColumn names the columns that every table has.
// https://www.postgresql.org/docs/current/ddl-system-columns.html
func isSystemColumn(name string) bool {
	switch name {
	case "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid":
		return true
	}
	return false
}

func (f *follower) addColumn(p columnPlace) {
	if f.inColumns && (f.column == "" || f.column == p.column) && !isSystemColumn(p.column) {
		f.columns = append(f.columns, p)
	}
}

// qualifier is the table that stands before a column or a star. Where it is
// called by its own name, that is a mention of it.
func (f *follower) qualifier(fields []*pg.Node, s *scope) *entry {
	n := listName(fields)
	e := s.named(n.Schema, n.Name)
	if e == nil {
		return nil
	}
	f.mention(e, fields)
	return e
}

// mention notes a table that is called by its own name in an expression.
func (f *follower) mention(e *entry, fields []*pg.Node) {
	if !e.target || e.table.IsZero() {
		return
	}
	p := tablePlace{at: nameIn(fields[len(fields)-1])}
	if len(fields) > 1 {
		at := nameIn(fields[len(fields)-2])
		p.schema = &at
	}
	f.tables = append(f.tables, p)
}

func (f *follower) wholeRow(e *entry, fields []*pg.Node) {
	f.mention(e, fields)
	if e.target && f.inColumns {
		f.fail("star", "%s is the whole row", e.name)
	}
}

// star follows * and t.*.
func (f *follower) star(c *pg.ColumnRef, s *scope) {
	fields := c.GetFields()
	before := fields[:len(fields)-1]
	var of []*entry
	if len(before) == 0 && s != nil {
		of = s.entries
	} else if e := f.qualifier(before, s); e != nil {
		of = []*entry{e}
	}
	all := len(before) == 0
	if f.inColumns && slices.ContainsFunc(of, func(e *entry) bool { return e.target && (!all || !e.aside) }) {
		f.fail("star", "* stands for all columns of %s", f.table)
	}
}

// indirection follows (t).c, where t is the whole row, and c[1], (c).field.
func (f *follower) indirection(a *pg.A_Indirection, s *scope) {
	fields := a.GetArg().GetColumnRef().GetFields()
	names := stringsOf(fields)
	first := a.GetIndirection()
	if len(names) == len(fields) && len(names) > 0 && len(first) > 0 && first[0].GetString_() != nil {
		e := s.named(dotted(names).Schema, names[len(names)-1])
		if found, _, _ := f.bare(names[len(names)-1], s); e != nil && (found == nil || f.has(found, names[len(names)-1]) != yes) {
			f.mention(e, fields)
			if e.target {
				f.addColumn(columnPlace{at: nameIn(first[0]), column: first[0].GetString_().GetSval()})
			}
			f.exprs(first[1:], s)
			return
		}
	}
	f.expr(a.GetArg(), s)
	f.exprs(first, s)
}
