package postgres

import (
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// statement follows the names in a statement of any kind. What is not listed
// here or in the others that it asks holds no columns, or is not followed.
func (f *follower) statement(n *pg.Node, s *scope) {
	switch v := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		f.query(v.SelectStmt, s, use{outermost: true})
	case *pg.Node_InsertStmt, *pg.Node_UpdateStmt, *pg.Node_DeleteStmt, *pg.Node_MergeStmt:
		f.dml(n, s, use{outermost: true})
	case *pg.Node_ExplainStmt:
		f.statement(v.ExplainStmt.GetQuery(), s)
	case *pg.Node_PrepareStmt:
		f.statement(v.PrepareStmt.GetQuery(), s)
	case *pg.Node_DeclareCursorStmt:
		f.statement(v.DeclareCursorStmt.GetQuery(), s)
	case *pg.Node_ReturnStmt:
		f.expr(v.ReturnStmt.GetReturnval(), s)
	case *pg.Node_ViewStmt:
		f.stored = true
		f.addRel(v.ViewStmt.GetView())
		f.query(v.ViewStmt.GetQuery().GetSelectStmt(), s, viewUse(v.ViewStmt.GetAliases(), v.ViewStmt.GetQuery()))
	case *pg.Node_CreateTableAsStmt:
		f.stored = true
		into := v.CreateTableAsStmt.GetInto()
		f.addRel(into.GetRel())
		f.query(v.CreateTableAsStmt.GetQuery().GetSelectStmt(), s, viewUse(into.GetColNames(), v.CreateTableAsStmt.GetQuery()))
	default:
		f.definition(n, s)
	}
}

// viewUse is how a view uses its query: names of its own hide those of the query.
func viewUse(names []*pg.Node, query *pg.Node) use {
	return use{outermost: true, nameless: len(names) > 0 && len(names) >= len(query.GetSelectStmt().GetTargetList())}
}

// definition follows a statement that makes or changes something of a table.
func (f *follower) definition(n *pg.Node, s *scope) {
	switch v := n.GetNode().(type) {
	case *pg.Node_CreateStmt:
		f.createTable(v.CreateStmt)
	case *pg.Node_CreateForeignTableStmt:
		f.createTable(v.CreateForeignTableStmt.GetBaseStmt())
	case *pg.Node_AlterTableStmt:
		f.alterTable(v.AlterTableStmt)
	case *pg.Node_IndexStmt:
		f.index(v.IndexStmt)
	case *pg.Node_CreateTrigStmt:
		t := v.CreateTrigStmt
		f.list(f.isOwn(t.GetRelation()), t.GetColumns())
		f.addRel(t.GetConstrrel())
		f.expr(t.GetWhenClause(), f.rowScope(t.GetRelation()))
	case *pg.Node_RuleStmt:
		f.stored = true
		f.addRel(v.RuleStmt.GetRelation())
		rows := f.rowScope(v.RuleStmt.GetRelation())
		f.expr(v.RuleStmt.GetWhereClause(), rows)
		for _, a := range v.RuleStmt.GetActions() {
			f.statement(a, rows)
		}
	case *pg.Node_CreatePolicyStmt:
		f.policy(v.CreatePolicyStmt.GetTable(), v.CreatePolicyStmt.GetQual(), v.CreatePolicyStmt.GetWithCheck())
	case *pg.Node_AlterPolicyStmt:
		f.policy(v.AlterPolicyStmt.GetTable(), v.AlterPolicyStmt.GetQual(), v.AlterPolicyStmt.GetWithCheck())
	case *pg.Node_CreateStatsStmt:
		f.statistics(v.CreateStatsStmt)
	case *pg.Node_CopyStmt:
		f.list(f.isOwn(v.CopyStmt.GetRelation()), v.CopyStmt.GetAttlist())
		f.body(v.CopyStmt.GetQuery(), s)
		f.expr(v.CopyStmt.GetWhereClause(), f.scopeOf(tableName(v.CopyStmt.GetRelation())))
	case *pg.Node_VacuumStmt:
		for _, r := range v.VacuumStmt.GetRels() {
			f.list(f.isOwn(r.GetVacuumRelation().GetRelation()), r.GetVacuumRelation().GetVaCols())
		}
	default:
		f.about(n, s)
	}
}

// rowScope is the scope of a trigger's or a rule's condition: the rows new and old.
func (f *follower) rowScope(r *pg.RangeVar) *scope {
	return asideOnly(f.scopeOf(tableName(r), "new", "old"))
}

// asideOnly leaves out what has no alias.
func asideOnly(s *scope) *scope {
	s.entries = s.entries[1:]
	return s
}

func (f *follower) policy(table *pg.RangeVar, conditions ...*pg.Node) {
	f.stored = true
	f.addRel(table)
	f.exprs(conditions, f.scopeOf(tableName(table)))
}

func (f *follower) statistics(st *pg.CreateStatsStmt) {
	for _, r := range st.GetRelations() {
		own := f.isOwn(r.GetRangeVar())
		for _, n := range st.GetExprs() {
			e := n.GetStatsElem()
			if own && e.GetName() != "" {
				f.addColumn(columnPlace{at: place{e, "name"}, column: e.GetName(), put: func(n *pg.Node) { e.Name, e.Expr = "", n }})
			}
			f.expr(e.GetExpr(), f.scopeOf(tableName(r.GetRangeVar())))
		}
	}
}
