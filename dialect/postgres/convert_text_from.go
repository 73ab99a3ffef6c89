package postgres

import (
	"slices"

	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// fromItem follows an item of a FROM clause and brings what it is called into scope.
func (f *follower) fromItem(n *pg.Node, s *scope) {
	switch v := n.GetNode().(type) {
	case *pg.Node_RangeVar:
		s.entries = append(s.entries, f.relation(v.RangeVar, s))
	case *pg.Node_RangeSubselect:
		s.entries = append(s.entries, f.derived(v.RangeSubselect, s))
	case *pg.Node_JoinExpr:
		f.join(v.JoinExpr, s)
	case *pg.Node_RangeFunction:
		f.exprs(v.RangeFunction.GetFunctions(), s)
		s.entries = append(s.entries, functionEntry(v.RangeFunction))
	case *pg.Node_RangeTableFunc:
		f.below(v.RangeTableFunc.ProtoReflect(), s)
		s.entries = append(s.entries, aliased(entry{}, v.RangeTableFunc.GetAlias()))
	case *pg.Node_RangeTableSample:
		f.fromItem(v.RangeTableSample.GetRelation(), s)
		f.exprs(v.RangeTableSample.GetArgs(), s)
		f.expr(v.RangeTableSample.GetRepeatable(), s)
	}
}

// relation is a table, a view, or a WITH query.
func (f *follower) relation(r *pg.RangeVar, s *scope) *entry {
	if r.GetSchemaname() == "" {
		if q := s.query(r.GetRelname()); q != nil {
			return aliased(*q, r.GetAlias())
		}
	}
	f.addRel(r)
	return f.entryOf(tableName(r), r.GetAlias())
}

// aliased is an entry under the alias that it has, if any. An alias may give
// the first columns other names.
func aliased(e entry, a *pg.Alias) *entry {
	if a == nil {
		return &e
	}
	e.name = a.GetAliasname()
	given := stringsOf(a.GetColnames())
	switch {
	case len(given) == 0:
	case !e.known || len(given) >= len(e.columns):
		e.columns = given
	default:
		e.columns = slices.Concat(given, e.columns[len(given):])
	}
	return &e
}

// derived is a query in FROM. Without LATERAL it does not see what stands beside it.
func (f *follower) derived(r *pg.RangeSubselect, s *scope) *entry {
	around := s
	if !r.GetLateral() {
		around = &scope{outer: s.outer, queries: s.queries}
	}
	q := r.GetSubquery().GetSelectStmt()
	given := len(r.GetAlias().GetColnames())
	u := use{nameless: given > 0 && given >= len(q.GetTargetList())}
	columns, known := f.query(q, around, u)
	return aliased(entry{columns: columns, known: known}, r.GetAlias())
}

// functionEntry is a function in FROM: it is called by its alias or its name.
func functionEntry(r *pg.RangeFunction) *entry {
	e := entry{}
	if list := r.GetFunctions(); len(list) == 1 {
		if items := list[0].GetList().GetItems(); len(items) > 0 {
			e.name = listName(items[0].GetFuncCall().GetFuncname()).Name
		}
	}
	for _, n := range r.GetColdeflist() {
		e.columns, e.known = append(e.columns, n.GetColumnDef().GetColname()), true
	}
	return aliased(e, r.GetAlias())
}

// join follows a join. USING and NATURAL go by names that both sides have.
func (f *follower) join(j *pg.JoinExpr, s *scope) {
	before := len(s.entries)
	f.fromItem(j.GetLarg(), s)
	f.fromItem(j.GetRarg(), s)
	s.merged = s.merged || j.GetIsNatural() || len(j.GetUsingClause()) > 0
	joined := s.entries[before:]
	f.expr(j.GetQuals(), s)
	if !f.inColumns || !slices.ContainsFunc(joined, func(e *entry) bool { return e.target }) {
		f.joinAlias(j, s, before)
		return
	}
	switch using := stringsOf(j.GetUsingClause()); {
	case j.GetIsNatural():
		f.fail("join", "a NATURAL join goes by the names of all columns")
	case f.column == "" && len(using) > 0 || slices.Contains(using, f.column):
		f.fail("join", "USING joins by the name of the column")
	}
	if j.GetAlias() != nil {
		f.fail("alias", "the join is called %s, and the tables in it have no name of their own", j.GetAlias().GetAliasname())
	}
	f.joinAlias(j, s, before)
}

// joinAlias hides the tables of a join that has a name of its own.
func (f *follower) joinAlias(j *pg.JoinExpr, s *scope, before int) {
	if j.GetAlias() != nil {
		s.entries = append(s.entries[:before], aliased(entry{}, j.GetAlias()))
	}
}
