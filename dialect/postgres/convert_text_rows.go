package postgres

import pg "github.com/safemig/safemig/dialect/postgres/pgparse"

// dml follows a statement that changes rows, and returns what its RETURNING is called.
func (f *follower) dml(n *pg.Node, outer *scope, u use) (columns []string, known bool) {
	s := &scope{outer: outer}
	var returning []*pg.Node
	switch v := n.GetNode().(type) {
	case *pg.Node_InsertStmt:
		f.insert(v.InsertStmt, s)
		returning = pg.Returning(v.InsertStmt)
	case *pg.Node_UpdateStmt:
		f.with(v.UpdateStmt.GetWithClause(), s)
		s.entries = append(s.entries, f.relation(v.UpdateStmt.GetRelation(), nil))
		own := s.entries[0].target
		for _, n := range v.UpdateStmt.GetFromClause() {
			f.fromItem(n, s)
		}
		f.assigned(own, v.UpdateStmt.GetTargetList(), s)
		f.expr(v.UpdateStmt.GetWhereClause(), s)
		returning = pg.Returning(v.UpdateStmt)
	case *pg.Node_DeleteStmt:
		f.with(v.DeleteStmt.GetWithClause(), s)
		s.entries = append(s.entries, f.relation(v.DeleteStmt.GetRelation(), nil))
		for _, n := range v.DeleteStmt.GetUsingClause() {
			f.fromItem(n, s)
		}
		f.expr(v.DeleteStmt.GetWhereClause(), s)
		returning = pg.Returning(v.DeleteStmt)
	case *pg.Node_MergeStmt:
		f.merge(v.MergeStmt, s)
	}
	_, columns, known = f.targets(returning, s, u)
	return columns, known
}

func (f *follower) insert(i *pg.InsertStmt, s *scope) {
	f.with(i.GetWithClause(), s)
	e := f.relation(i.GetRelation(), nil)
	f.assigned(e.target, i.GetCols(), s)
	f.query(i.GetSelectStmt().GetSelectStmt(), &scope{outer: s.outer, queries: s.queries}, use{nameless: true})
	excluded := *e
	excluded.name, excluded.aside = "excluded", true
	excluded.table.Name = ""
	s.entries = append(s.entries, e, &excluded)
	c := i.GetOnConflictClause()
	f.keys(e.target, c.GetInfer().GetIndexElems(), s)
	f.expr(c.GetInfer().GetWhereClause(), s)
	f.assigned(e.target, c.GetTargetList(), s)
	f.expr(c.GetWhereClause(), s)
}

// assigned follows a list of columns that are written, with what is written.
func (f *follower) assigned(own bool, list []*pg.Node, s *scope) {
	for _, n := range list {
		t := n.GetResTarget()
		f.columnNamed(own, place{t, "name"}, t.GetName())
		f.exprs(t.GetIndirection(), s)
		f.expr(t.GetVal(), s)
	}
}

func (f *follower) merge(m *pg.MergeStmt, s *scope) {
	f.with(m.GetWithClause(), s)
	s.entries = append(s.entries, f.relation(m.GetRelation(), nil))
	own := s.entries[0].target
	f.fromItem(m.GetSourceRelation(), s)
	f.expr(m.GetJoinCondition(), s)
	for _, n := range m.GetMergeWhenClauses() {
		w := n.GetMergeWhenClause()
		f.expr(w.GetCondition(), s)
		f.assigned(own, w.GetTargetList(), s)
		f.exprs(w.GetValues(), s)
	}
}
