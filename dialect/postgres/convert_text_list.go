package postgres

import (
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// list follows a list of columns that no expression can stand in.
func (f *follower) list(own bool, names []*pg.Node) {
	for _, n := range names {
		if own && n.GetString_() != nil {
			f.addColumn(columnPlace{at: nameIn(n), column: n.GetString_().GetSval()})
		}
	}
}

// key follows a key of an index: a column, or an expression.
func (f *follower) key(own bool, e *pg.IndexElem, s *scope) {
	if own && e.GetName() != "" {
		f.addColumn(columnPlace{at: place{e, "name"}, column: e.GetName(), put: func(n *pg.Node) { e.Name, e.Expr = "", n }})
	}
	f.expr(e.GetExpr(), s)
}

func (f *follower) keys(own bool, list []*pg.Node, s *scope) {
	for _, n := range list {
		f.key(own, n.GetIndexElem(), s)
	}
}

// columnNamed follows a column that a clause names by a plain string.
func (f *follower) columnNamed(own bool, at place, column string) {
	if own && column != "" {
		f.addColumn(columnPlace{at: at, column: column})
	}
}

// isOwn notes a table and says whether it is the one that is followed.
func (f *follower) isOwn(r *pg.RangeVar) bool {
	f.addRel(r)
	return r != nil && f.isTarget(tableName(r))
}
