package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// drop is DROP of anything but roles and databases: one change per name.
func (c *converter) drop(s *pg.DropStmt) (string, []change.Op) {
	texts := c.droppedTexts(len(s.GetObjects()))
	var ops []change.Op
	for i, n := range s.GetObjects() {
		ops = append(ops, c.dropOne(s, n, texts[i]))
	}
	return kindOf("drop", className(s.GetRemoveType())), ops
}

func (c *converter) dropOne(s *pg.DropStmt, n *pg.Node, span change.Span) change.Op {
	head := change.Header{Span: span}
	cascade := cascades(s.GetBehavior())
	t := s.GetRemoveType()
	switch {
	case isTable(t):
		head.Table = anyName(n)
		return &change.DropTable{Header: head, IfExists: s.GetMissingOk(), Cascade: cascade}
	case t == pg.ObjectType_OBJECT_INDEX:
		return &change.DropIndex{
			Header: head, Index: anyName(n), Concurrently: s.GetConcurrent(), IfExists: s.GetMissingOk(), Cascade: cascade,
		}
	case t == pg.ObjectType_OBJECT_TRIGGER:
		table, name := member(n)
		head.Table = table
		return &change.DropTrigger{Header: head, Name: name.Name}
	}
	op := &change.Object{
		Header: head, Class: className(t), Verb: "drop", Name: droppedName(t, n), IfExists: s.GetMissingOk(), Cascade: cascade,
	}
	if onTable(t) {
		op.Table, op.Name = member(n)
	}
	if f := n.GetObjectWithArgs(); f != nil && !f.GetArgsUnspecified() {
		op.Params = new(len(f.GetObjargs()))
	}
	return op
}

// droppedName leaves the access method out of an operator class's name.
func droppedName(t pg.ObjectType, n *pg.Node) change.Name {
	if t == pg.ObjectType_OBJECT_OPCLASS || t == pg.ObjectType_OBJECT_OPFAMILY {
		return listName(n.GetList().GetItems()[1:])
	}
	return anyName(n)
}

// droppedTexts is the places of the names that a DROP lists; the statement's
// where there is one only.
func (c *converter) droppedTexts(n int) []change.Span {
	spans := make([]change.Span, n)
	for i := range spans {
		spans[i] = c.stmt.Span
	}
	list := c.all
	if last := list.len() - 1; list.is(last, "CASCADE") || list.is(last, "RESTRICT") {
		list = list.sub(0, last)
	}
	names := list.commas()
	if n < 2 || len(names) != n {
		return spans
	}
	names[0] = names[0].from(names[0].firstDropped())
	for i := range names {
		if span := names[i].span(); span.Valid() {
			spans[i] = span
		}
	}
	return spans
}

// firstDropped is the index of the first name in DROP TABLE [IF EXISTS] a. The
// words before it are the class, which is as long as it is: the name starts
// behind IF EXISTS or CONCURRENTLY, or is the last word and what is dotted to it.
func (t tokens) firstDropped() int {
	if i := t.find(0, "IF", "EXISTS"); i >= 0 {
		return i + 2
	}
	i := t.len() - 1
	if open := t.findOpen(); open > 0 {
		i = open - 1
	}
	for t.punct(i-1, '.') {
		i -= 2
	}
	return i
}
