package postgres

import pg "github.com/safemig/safemig/dialect/postgres/pgparse"

func (f *follower) createTable(c *pg.CreateStmt) {
	own := f.isOwn(c.GetRelation())
	s := f.scopeOf(tableName(c.GetRelation()))
	f.rels(c.GetInhRelations())
	f.typeName(c.GetOfTypename())
	for _, n := range c.GetTableElts() {
		switch v := n.GetNode().(type) {
		case *pg.Node_ColumnDef:
			f.columnDef(own, v.ColumnDef, s)
		case *pg.Node_Constraint:
			f.constraint(own, v.Constraint, s)
		case *pg.Node_TableLikeClause:
			f.addRel(v.TableLikeClause.GetRelation())
		}
	}
	for _, n := range c.GetPartspec().GetPartParams() {
		e := n.GetPartitionElem()
		if own && e.GetName() != "" {
			f.addColumn(columnPlace{at: place{e, "name"}, column: e.GetName(), put: func(n *pg.Node) { e.Name, e.Expr = "", n }})
		}
		f.expr(e.GetExpr(), s)
	}
}

func (f *follower) columnDef(own bool, d *pg.ColumnDef, s *scope) {
	f.columnNamed(own, place{d, "colname"}, d.GetColname())
	if d.GetTypeName() != nil {
		f.typeName(d.GetTypeName())
	}
	f.expr(d.GetRawDefault(), s)
	for _, n := range d.GetConstraints() {
		f.constraint(own, n.GetConstraint(), s)
	}
}

// constraint follows a constraint of a table; own says that it is the one whose
// columns are looked for. The other side of a foreign key may be it too.
func (f *follower) constraint(own bool, c *pg.Constraint, s *scope) {
	f.list(own, c.GetKeys())
	f.list(own, c.GetIncluding())
	f.list(own, c.GetFkAttrs())
	f.list(own, c.GetFkDelSetCols())
	if c.GetPktable() != nil {
		f.list(f.isOwn(c.GetPktable()), c.GetPkAttrs())
	}
	for _, n := range c.GetExclusions() {
		if items := n.GetList().GetItems(); len(items) > 0 {
			f.key(own, items[0].GetIndexElem(), s)
		}
	}
	f.expr(c.GetRawExpr(), s)
	f.expr(c.GetWhereClause(), s)
	for _, n := range c.GetOptions() {
		if d := n.GetDefElem(); d.GetDefname() == "owned_by" { // of an identity's sequence
			f.member(true, d.GetArg().GetList())
		}
	}
}

func (f *follower) index(i *pg.IndexStmt) {
	own := f.isOwn(i.GetRelation())
	s := f.scopeOf(tableName(i.GetRelation()))
	f.keys(own, i.GetIndexParams(), s)
	for _, n := range i.GetIndexIncludingParams() {
		e := n.GetIndexElem()
		f.columnNamed(own, place{e, "name"}, e.GetName())
	}
	f.expr(i.GetWhereClause(), s)
}

func (f *follower) alterTable(a *pg.AlterTableStmt) {
	own := f.isOwn(a.GetRelation())
	s := f.scopeOf(tableName(a.GetRelation()))
	for _, n := range a.GetCmds() {
		c := n.GetAlterTableCmd()
		if namesColumn(c.GetSubtype()) {
			f.columnNamed(own, place{c, "name"}, c.GetName())
		}
		switch v := c.GetDef().GetNode().(type) {
		case *pg.Node_ColumnDef:
			f.columnDef(own, v.ColumnDef, s)
		case *pg.Node_Constraint:
			f.constraint(own, v.Constraint, s)
		case *pg.Node_RangeVar:
			f.addRel(v.RangeVar)
		case *pg.Node_PartitionCmd:
			f.addRel(v.PartitionCmd.GetName())
		case *pg.Node_TypeName:
			f.typeName(v.TypeName)
		case nil, *pg.Node_List, *pg.Node_ReplicaIdentityStmt:
		default:
			f.expr(c.GetDef(), s)
		}
	}
}

// namesColumn says whether the name of a clause of ALTER TABLE is a column's.
func namesColumn(t pg.AlterTableType) bool {
	switch t {
	case pg.AlterTableType_AT_ColumnDefault, pg.AlterTableType_AT_DropNotNull, pg.AlterTableType_AT_SetNotNull,
		pg.AlterTableType_AT_DropExpression, pg.AlterTableType_AT_SetStatistics, pg.AlterTableType_AT_SetOptions,
		pg.AlterTableType_AT_ResetOptions, pg.AlterTableType_AT_SetStorage, pg.AlterTableType_AT_SetCompression,
		pg.AlterTableType_AT_DropColumn, pg.AlterTableType_AT_AlterColumnType, pg.AlterTableType_AT_AlterColumnGenericOptions,
		pg.AlterTableType_AT_AddIdentity, pg.AlterTableType_AT_SetIdentity, pg.AlterTableType_AT_DropIdentity:
		return true
	}
	return false
}
