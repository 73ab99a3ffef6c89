package mysql

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/safemig/safemig/dialect/change"
)

// with follows the queries of WITH; what is returned forgets their names.
func (s *scanning) with(n *ast.WithClause) (forget func()) {
	before := s.ctes
	forget = func() { s.ctes = before }
	if n == nil {
		return forget
	}
	for _, cte := range n.CTEs {
		name := strings.ToLower(s.name(cte.Name.O))
		if n.IsRecursive {
			s.ctes = append(slices.Clip(s.ctes), name)
		}
		s.derived(cte.Query.Query, len(cte.ColNameList) > 0)
		if !n.IsRecursive {
			s.ctes = append(slices.Clip(s.ctes), name)
		}
	}
	return forget
}

// derived follows a query whose rows another one reads.
func (s *scanning) derived(n ast.Node, renamed bool) {
	s.mode = labelsKept
	if renamed {
		s.mode = labelsFree
	}
	s.accept(n)
	s.mode = labelsFree
}

// from follows the tables of a FROM clause, and puts them into the scope.
func (s *scanning) from(n ast.ResultSetNode, sc *scope) {
	switch n := n.(type) {
	case *ast.Join:
		s.from(n.Left, sc)
		if n.Right == nil {
			return
		}
		s.from(n.Right, sc)
		if n.On != nil {
			s.in(sc, func() { s.accept(n.On.Expr) })
		}
		s.joinedByName(n, sc)
	case *ast.TableSource:
		s.source(n, sc)
	case nil:
	default:
		s.derived(n, false)
	}
}

// joinedByName tells of USING and NATURAL, which want one name on both sides.
func (s *scanning) joinedByName(n *ast.Join, sc *scope) {
	if !s.following.columns || !slices.ContainsFunc(sc.sources, func(o scoped) bool { return o.ours }) {
		return
	}
	if n.NaturalJoin {
		s.problem("join", change.Span{}, "NATURAL JOIN joins by the names of columns")
	}
	for _, c := range n.Using {
		if s.wants(s.name(c.Name.O)) {
			s.problemAt("join", c.Name.O, "USING joins by the name of the column")
		}
	}
}

// source puts one table, or a query in brackets, into the scope.
func (s *scanning) source(n *ast.TableSource, sc *scope) {
	switch t := n.Source.(type) {
	case *ast.TableName:
		sc.sources = append(sc.sources, s.table(t, n.AsName.O))
	case *ast.Join:
		s.from(t, sc)
	default:
		walk := func() { s.derived(t, len(n.ColumnNames) > 0) }
		if n.Lateral {
			s.in(sc, walk)
		} else {
			walk()
		}
		columns, known := s.columnsOf(t, n.ColumnNames)
		sc.sources = append(sc.sources, scoped{name: s.name(n.AsName.O), columns: columns, known: known})
	}
}

// table is a table that a query names.
func (s *scanning) table(t *ast.TableName, alias string) scoped {
	name := change.Name{Schema: s.name(t.Schema.O), Name: s.name(t.Name.O)}
	out := scoped{name: name.Name, schema: name.Schema, table: alias == ""}
	if alias != "" {
		out.name, out.schema = s.name(alias), ""
	}
	if name.Schema == "" && slices.Contains(s.ctes, strings.ToLower(name.Name)) {
		return out
	}
	if s.text.columns != nil {
		out.columns, out.known = s.text.columns(name)
	}
	if s.isTable(name) {
		out.ours = true
		s.mentionTable(t.Name.O)
	}
	return out
}

// mentionTable keeps the place of the followed table's name.
func (s *scanning) mentionTable(n string) {
	i, ok := s.tokenOf(n)
	if !ok {
		s.problemAt("unsupported", n, "the table's name cannot be placed")
		return
	}
	s.tableAt(i)
}

// columnsOf are the columns of a query in brackets, where all have names.
func (s *scanning) columnsOf(n ast.Node, names []ast.CIStr) ([]string, bool) {
	var out []string
	for _, c := range names {
		out = append(out, s.name(c.O))
	}
	q, ok := n.(*ast.SelectStmt)
	if len(out) > 0 || !ok || q.Fields == nil {
		return out, len(out) > 0
	}
	for _, f := range q.Fields.Fields {
		col, isColumn := inBrackets(f.Expr).(*ast.ColumnNameExpr)
		switch {
		case f.WildCard != nil:
			return nil, false
		case f.AsName.O != "":
			out = append(out, s.name(f.AsName.O))
		case isColumn:
			out = append(out, s.name(col.Name.Name.O))
		}
	}
	return out, true
}

// ofSources follows names of tables of the same statement, which may be aliases.
func (s *scanning) ofSources(names []*ast.TableName, sc *scope) {
	for _, t := range names {
		for _, o := range sc.sources {
			if o.ours && o.table && strings.EqualFold(o.name, s.name(t.Name.O)) {
				s.mentionTable(t.Name.O)
			}
		}
	}
}
