package postgres

import (
	"slices"

	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// use is what a query's columns are used for.
type use struct {
	nameless  bool // nobody asks what they are called
	tested    bool // nobody asks what they are: EXISTS
	outermost bool
}

// query follows a SELECT and returns what its columns are called; known says
// that they are all there is.
func (f *follower) query(q *pg.SelectStmt, outer *scope, u use) (columns []string, known bool) {
	if q == nil {
		return nil, false
	}
	s := &scope{outer: outer}
	f.with(q.GetWithClause(), s)
	switch {
	case q.GetOp() != pg.SetOperation_SETOP_NONE:
		columns, known = f.query(q.GetLarg(), s, u)
		u.nameless = true
		f.query(q.GetRarg(), s, u)
		f.limit(q, s) // its ORDER BY names columns of the result
		return columns, known
	case len(q.GetValuesLists()) > 0:
		f.exprs(q.GetValuesLists(), s)
		f.limit(q, s)
		return nil, false
	}
	for _, n := range q.GetFromClause() {
		f.fromItem(n, s)
	}
	f.findStars(q, s, u)
	return f.plain(q, s, u)
}

// plain follows a query's clauses behind FROM.
func (f *follower) plain(q *pg.SelectStmt, s *scope, u use) (columns []string, known bool) {
	if into := q.GetIntoClause(); into != nil {
		f.addRel(into.GetRel())
	}
	var labels []label
	if !u.tested || f.stored {
		labels, columns, known = f.targets(q.GetTargetList(), s, u)
	}
	f.expr(q.GetWhereClause(), s)
	f.exprs(q.GetGroupClause(), s)
	f.expr(q.GetHavingClause(), s)
	f.exprs(q.GetWindowClause(), s)
	for _, n := range q.GetDistinctClause() {
		f.sorted(n, s, u, labels, columns)
	}
	for _, n := range q.GetSortClause() {
		f.sorted(n.GetSortBy().GetNode(), s, u, labels, columns)
	}
	f.limit(q, s)
	for _, l := range q.GetLockingClause() {
		f.locked(l.GetLockingClause(), s)
	}
	return columns, known
}

func (f *follower) limit(q *pg.SelectStmt, s *scope) {
	f.expr(q.GetLimitCount(), s)
	f.expr(q.GetLimitOffset(), s)
}

// targets follows what a query returns.
func (f *follower) targets(list []*pg.Node, s *scope, u use) (labels []label, columns []string, known bool) {
	known = true
	for _, n := range list {
		t := n.GetResTarget()
		fields := t.GetVal().GetColumnRef().GetFields()
		star := len(fields) > 0 && fields[len(fields)-1].GetAStar() != nil
		if !star || !u.tested || f.column == "" {
			f.expr(t.GetVal(), s)
		}
		if star {
			more, all := f.starColumns(fields, s)
			columns, known = append(columns, more...), known && all
			continue
		}
		name := t.GetName()
		if name == "" {
			at, sure := figured(t.GetVal())
			if at != nil {
				name = at.GetSval()
				labels = append(labels, label{target: t, from: place{at, "sval"}, outer: u.outermost})
			}
			known = known && sure
		}
		columns = append(columns, name)
	}
	if !u.nameless {
		f.labels = append(f.labels, labels...)
	}
	return labels, columns, known
}

// starColumns is what * stands for, as far as that is known.
func (f *follower) starColumns(fields []*pg.Node, s *scope) (columns []string, known bool) {
	of, sure := s.entries, !s.merged
	if len(fields) > 1 {
		n := listName(fields[:len(fields)-1])
		e := s.named(n.Schema, n.Name)
		if e == nil {
			return nil, false
		}
		of, sure = []*entry{e}, true
	}
	known = sure
	for _, e := range of {
		columns, known = append(columns, e.columns...), known && e.known
	}
	return columns, known
}

// sorted follows an item of ORDER BY or DISTINCT ON: a bare name means a column
// of the result before one of a table.
// https://www.postgresql.org/docs/current/sql-select.html#SQL-ORDERBY
func (f *follower) sorted(n *pg.Node, s *scope, u use, labels []label, columns []string) {
	fields := n.GetColumnRef().GetFields()
	if len(fields) != 1 || fields[0].GetString_() == nil {
		f.expr(n, s)
		return
	}
	name := fields[0].GetString_().GetSval()
	called := func(name string) bool { return slices.Contains(columns, name) }
	if called(name) {
		// It moves with the table's column only where the result's own name does.
		moves := u.outermost && f.piece.piece.FreeNames &&
			slices.ContainsFunc(labels, func(l label) bool { return f.isFound(l.from) && labelText(l) == name })
		if !moves {
			return
		}
		called = nil
	}
	f.columnRef(n, n.GetColumnRef(), s, called)
}

func labelText(l label) string { return l.from.node.(*pg.String).GetSval() }

// isFound says whether a place names a column of the table, or the table itself.
func (f *follower) isFound(at place) bool {
	if !f.inColumns {
		return slices.ContainsFunc(f.tables, func(t tablePlace) bool { return t.at == at })
	}
	return slices.ContainsFunc(f.columns, func(c columnPlace) bool { return c.at == at })
}

// with brings the names of WITH queries into scope: each sees those before it
// and, with RECURSIVE, itself.
func (f *follower) with(w *pg.WithClause, s *scope) {
	for _, n := range w.GetCtes() {
		cte := n.GetCommonTableExpr()
		given := stringsOf(cte.GetAliascolnames())
		e := entry{name: cte.GetCtename(), columns: given, known: len(given) > 0}
		inner := s
		if w.GetRecursive() {
			if !e.known {
				e.columns, e.known = queryNames(cte.GetCtequery().GetSelectStmt())
			}
			inner = &scope{outer: s.outer, queries: append(slices.Clone(s.queries), e)}
		}
		columns, known := f.cte(cte.GetCtequery(), inner, len(given) > 0)
		if len(given) == 0 {
			e.columns, e.known = columns, known
		}
		s.queries = append(s.queries, e)
	}
}

// cte follows one WITH query, which may change rows.
func (f *follower) cte(n *pg.Node, s *scope, named bool) (columns []string, known bool) {
	s = &scope{outer: s.outer, queries: s.queries}
	if q := n.GetSelectStmt(); q != nil {
		return f.query(q, s, use{nameless: named})
	}
	return f.dml(n, s, use{nameless: named})
}

// queryNames is what the columns of a recursive query are called, which its own
// body asks for: those of its first part.
func queryNames(q *pg.SelectStmt) (columns []string, known bool) {
	known = true
	for _, n := range firstPart(q).GetTargetList() {
		name := n.GetResTarget().GetName()
		if name == "" {
			at, sure := figured(n.GetResTarget().GetVal())
			name, known = at.GetSval(), known && sure
		}
		columns = append(columns, name)
	}
	return columns, known && len(columns) > 0
}

// firstPart is the query that a union's columns have their names from.
func firstPart(q *pg.SelectStmt) *pg.SelectStmt {
	for q.GetOp() != pg.SetOperation_SETOP_NONE {
		q = q.GetLarg()
	}
	return q
}

// locked follows FOR UPDATE OF t.
func (f *follower) locked(l *pg.LockingClause, s *scope) {
	for _, n := range l.GetLockedRels() {
		r := n.GetRangeVar()
		if e := s.named("", r.GetRelname()); e != nil && e.target && !e.table.IsZero() {
			f.tables = append(f.tables, tablePlace{at: place{r, "relname"}})
		}
	}
}
