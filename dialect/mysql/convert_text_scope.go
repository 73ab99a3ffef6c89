package mysql

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"
)

// labelMode says what becomes of the names that a query gives its columns.
type labelMode uint8

const (
	labelsFree labelMode = iota // nobody sees them
	labelsKept
	labelsUnread // EXISTS: not even the columns matter
)

// labelled finds out whether the outermost query's columns keep their names.
func (s *scanning) labelled(scopes []*scope) {
	switch {
	case len(scopes) == 0:
		s.mode = labelsKept
		if s.piece.FreeNames && !s.following.labels {
			s.mode = labelsFree
		}
	case scopes[0].outer && scopes[0].labels:
		s.mode = labelsKept
	}
}

// take is the mode for the query at hand; those within it have their own.
func (s *scanning) take() labelMode {
	m := s.mode
	s.mode = labelsFree
	return m
}

// in walks with a scope more.
func (s *scanning) in(sc *scope, walk func()) {
	before := s.scopes
	s.scopes = append(slices.Clip(before), sc)
	walk()
	s.scopes = before
}

// selects follows one SELECT.
func (s *scanning) selects(n *ast.SelectStmt) {
	mode := s.take()
	defer s.with(n.With)()
	sc := &scope{}
	if n.From != nil {
		s.from(n.From.TableRefs, sc)
	}
	if n.LockInfo != nil {
		s.ofSources(n.LockInfo.Tables, sc)
	}
	s.in(sc, func() {
		var labels []label
		if n.Fields != nil {
			labels = s.fields(n.Fields.Fields, mode)
		}
		if n.Where != nil {
			s.accept(n.Where)
		}
		if n.GroupBy != nil {
			s.accept(n.GroupBy)
		}
		if n.Having != nil {
			s.accept(n.Having)
		}
		for _, row := range n.Lists {
			s.accept(row)
		}
		for i := range n.WindowSpecs {
			s.accept(&n.WindowSpecs[i])
		}
		s.orderBy(n.OrderBy, labels)
	})
}

// label is a name of a query's column.
type label struct {
	name string
	kept bool // whatever is renamed
	own  bool // it is written
}

// fields follows the columns of a query.
func (s *scanning) fields(list []*ast.SelectField, mode labelMode) []label {
	var out []label
	for _, n := range list {
		if n.WildCard != nil {
			if mode != labelsUnread {
				s.star(n.WildCard)
			}
			continue
		}
		s.accept(n.Expr)
		col, isColumn := inBrackets(n.Expr).(*ast.ColumnNameExpr)
		switch {
		case n.AsName.O != "":
			out = append(out, label{s.name(n.AsName.O), true, true})
			continue
		case isColumn:
			out = append(out, label{s.name(col.Name.Name.O), mode == labelsKept, false})
		}
		if mode == labelsKept {
			at := s.tree.base + n.Offset
			fd := field{from: s.marked.tokenAtByte(at), to: s.marked.tokenAtByte(at + len(n.OriginalText()) - 1), column: -1}
			fd.label = s.piece.Text[s.r.toks[fd.from].Span.Start:s.r.toks[fd.to].Span.End]
			if isColumn {
				fd.label = s.name(col.Name.Name.O)
				fd.column, _ = s.tokenOf(col.Name.Name.O)
			}
			s.follower.fields = append(s.follower.fields, fd)
		}
	}
	return out
}

// inBrackets is an expression without the brackets around it, which give a column no
// other name.
func inBrackets(n ast.ExprNode) ast.ExprNode {
	for {
		b, ok := n.(*ast.ParenthesesExpr)
		if !ok {
			return n
		}
		n = b.Expr
	}
}

// orderBy follows ORDER BY, where a bare name is that of a column of the query before
// it is that of a table's.
// https://dev.mysql.com/doc/refman/8.4/en/select.html
func (s *scanning) orderBy(n *ast.OrderByClause, labels []label) {
	if n == nil {
		return
	}
	for _, item := range n.Items {
		col, ok := item.Expr.(*ast.ColumnNameExpr)
		if !ok || col.Name.Table.O != "" {
			s.accept(item.Expr)
			continue
		}
		name := s.name(col.Name.Name.O)
		if !slices.ContainsFunc(labels, func(l label) bool { return strings.EqualFold(l.name, name) && l.kept }) {
			s.accept(item.Expr)
		}
	}
}

// union follows UNION, EXCEPT and INTERSECT: the first query names the columns.
func (s *scanning) union(n *ast.SetOprStmt) {
	mode := s.take()
	defer s.with(n.With)()
	s.operands(n.SelectList, mode)
	if n.OrderBy == nil {
		return
	}
	for _, item := range n.OrderBy.Items {
		if col, ok := item.Expr.(*ast.ColumnNameExpr); ok && mode != labelsKept && s.wants(s.name(col.Name.Name.O)) {
			s.problemAt("unsupported", col.Name.Name.O, "ORDER BY names a column of the whole UNION")
		}
	}
}

func (s *scanning) operands(list *ast.SetOprSelectList, mode labelMode) {
	if list == nil {
		return
	}
	defer s.with(list.With)()
	for i, q := range list.Selects {
		s.mode = labelsFree
		if i == 0 {
			s.mode = mode
		}
		if more, ok := q.(*ast.SetOprSelectList); ok {
			s.operands(more, s.take())
			continue
		}
		s.accept(q)
	}
	s.mode = labelsFree
}
