package mysql

import (
	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/safemig/safemig/dialect/change"
)

// insert follows INSERT and REPLACE. The query that gives the rows does not see the
// table that they go to.
func (s *scanning) insert(n *ast.InsertStmt) {
	s.mode = labelsFree
	if n.Select != nil {
		s.accept(n.Select)
	}
	target := &scope{}
	s.from(n.Table.TableRefs, target)
	s.in(target, func() {
		for _, c := range n.Columns {
			s.accept(c)
		}
		for _, list := range n.Lists {
			for _, value := range list {
				s.accept(value)
			}
		}
	})
	s.onDuplicate(n, target)
}

// onDuplicate follows ON DUPLICATE KEY UPDATE, which sees the query's tables too, and
// the row that VALUES .. AS new gives a name.
// https://dev.mysql.com/doc/refman/8.4/en/insert-on-duplicate.html
func (s *scanning) onDuplicate(n *ast.InsertStmt, target *scope) {
	all := &scope{sources: target.sources, alias: n.Select == nil}
	if n.Select != nil {
		all.sources = append(all.sources[:len(all.sources):len(all.sources)], scoped{name: ""})
	}
	for _, a := range n.OnDuplicate {
		s.in(target, func() { s.accept(a.Column) })
		s.in(all, func() { s.accept(a.Expr) })
	}
}

func (s *scanning) update(n *ast.UpdateStmt) {
	s.mode = labelsFree
	defer s.with(n.With)()
	sc := &scope{}
	s.from(n.TableRefs.TableRefs, sc)
	s.in(sc, func() {
		for _, a := range n.List {
			s.accept(a)
		}
		if n.Where != nil {
			s.accept(n.Where)
		}
		s.orderBy(n.Order, nil)
	})
}

func (s *scanning) delete(n *ast.DeleteStmt) {
	s.mode = labelsFree
	defer s.with(n.With)()
	sc := &scope{}
	s.from(n.TableRefs.TableRefs, sc)
	if n.Tables != nil {
		s.ofSources(n.Tables.Tables, sc)
	}
	s.in(sc, func() {
		if n.Where != nil {
			s.accept(n.Where)
		}
		s.orderBy(n.Order, nil)
	})
}

// column follows one column's name.
func (s *scanning) column(n *ast.ColumnName, expr bool) {
	name := s.name(n.Name.O)
	qualifier := change.Name{Schema: s.name(n.Schema.O), Name: s.name(n.Table.O)}
	h := s.lookup(s.scopes, name, qualifier)
	if h == nil {
		return
	}
	if qualifier.Name != "" && h.source.ours && h.source.table {
		s.mentionTable(n.Table.O)
	}
	if !s.wants(name) {
		return
	}
	i, ok := s.tokenOf(n.Name.O)
	if !ok {
		s.problemAt("unsupported", n.Name.O, name+" cannot be placed")
		return
	}
	m := mention{at: i, first: s.qualified(i), name: name, expr: expr, unsure: h.unsure}
	if qualifier.Name == "" && expr {
		m.hit = h
	}
	s.follower.columns = append(s.follower.columns, m)
}

// star tells of a row that is read whole.
func (s *scanning) star(n *ast.WildCardField) {
	qualifier := change.Name{Schema: s.name(n.Schema.O), Name: s.name(n.Table.O)}
	if qualifier.Name != "" {
		h := s.lookupQualified(s.scopes, qualifier)
		if h == nil {
			return
		}
		if h.source.ours && h.source.table {
			s.mentionTable(n.Table.O)
		}
		s.starOf(n.Table.O)
		return
	}
	for _, o := range s.scopes[len(s.scopes)-1].sources {
		if o.ours {
			s.starOf("")
		}
	}
}

func (s *scanning) starOf(name string) {
	if s.following.columns {
		s.problemAt("star", name, "* stands for all columns")
	}
}
