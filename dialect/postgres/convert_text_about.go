package postgres

import (
	"strings"

	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// about follows a statement that says something about a table or a column.
func (f *follower) about(n *pg.Node, s *scope) {
	switch v := n.GetNode().(type) {
	case *pg.Node_GrantStmt:
		f.grant(v.GrantStmt)
	case *pg.Node_CommentStmt:
		f.object(v.CommentStmt.GetObjtype(), v.CommentStmt.GetObject())
	case *pg.Node_SecLabelStmt:
		f.object(v.SecLabelStmt.GetObjtype(), v.SecLabelStmt.GetObject())
	case *pg.Node_CreatePublicationStmt:
		f.publication(v.CreatePublicationStmt.GetPubobjects())
	case *pg.Node_AlterPublicationStmt:
		f.publication(v.AlterPublicationStmt.GetPubobjects())
	case *pg.Node_CreateSeqStmt:
		f.sequence(v.CreateSeqStmt.GetSequence(), v.CreateSeqStmt.GetOptions())
	case *pg.Node_AlterSeqStmt:
		f.sequence(v.AlterSeqStmt.GetSequence(), v.AlterSeqStmt.GetOptions())
	case *pg.Node_RenameStmt:
		own := f.isOwn(v.RenameStmt.GetRelation())
		f.columnNamed(own && v.RenameStmt.GetRenameType() == pg.ObjectType_OBJECT_COLUMN, place{v.RenameStmt, "subname"}, v.RenameStmt.GetSubname())
	case *pg.Node_DropStmt:
		for _, o := range v.DropStmt.GetObjects() {
			f.object(v.DropStmt.GetRemoveType(), o)
		}
	case *pg.Node_CreateFunctionStmt:
		f.function(v.CreateFunctionStmt, s)
	case *pg.Node_DoStmt:
		f.code(v.DoStmt.GetArgs())
	default:
		f.rest(n)
	}
}

// rest follows a statement that names tables and no columns.
func (f *follower) rest(n *pg.Node) {
	switch v := n.GetNode().(type) {
	case *pg.Node_AlterObjectSchemaStmt:
		f.addRel(v.AlterObjectSchemaStmt.GetRelation())
	case *pg.Node_TruncateStmt:
		f.rels(v.TruncateStmt.GetRelations())
	case *pg.Node_LockStmt:
		f.rels(v.LockStmt.GetRelations())
	case *pg.Node_RefreshMatViewStmt:
		f.addRel(v.RefreshMatViewStmt.GetRelation())
	case *pg.Node_ReindexStmt:
		f.addRel(v.ReindexStmt.GetRelation())
	case *pg.Node_ClusterStmt:
		f.addRel(v.ClusterStmt.GetRelation())
	case *pg.Node_AlterFunctionStmt, *pg.Node_AlterOwnerStmt, *pg.Node_VariableSetStmt, *pg.Node_TransactionStmt,
		*pg.Node_CreateSchemaStmt, *pg.Node_CreateEnumStmt, *pg.Node_CreateExtensionStmt, *pg.Node_AlterStatsStmt:
		f.below(inside(n), nil)
	default:
		f.followed = false
	}
}

func (f *follower) rels(list []*pg.Node) {
	for _, n := range list {
		f.addRel(n.GetRangeVar())
	}
}

// grant follows GRANT and REVOKE: the columns are those of all tables that they name.
func (f *follower) grant(g *pg.GrantStmt) {
	own := false
	for _, n := range g.GetObjects() {
		if r := n.GetRangeVar(); r != nil {
			own = f.isOwn(r) || own
		}
	}
	before := len(f.columns)
	for _, n := range g.GetPrivileges() {
		f.list(own, n.GetAccessPriv().GetCols())
	}
	if len(f.columns) > before && len(g.GetObjects()) > 1 {
		f.fail("several", "the columns are those of several tables")
	}
}

func (f *follower) publication(objects []*pg.Node) {
	for _, n := range objects {
		if t := n.GetPublicationObjSpec().GetPubtable(); t != nil {
			f.list(f.isOwn(t.GetRelation()), t.GetColumns())
			f.expr(t.GetWhereClause(), f.scopeOf(tableName(t.GetRelation())))
		}
	}
}

// sequence follows OWNED BY t.c.
func (f *follower) sequence(name *pg.RangeVar, options []*pg.Node) {
	f.addRel(name)
	for _, n := range options {
		if d := n.GetDefElem(); d.GetDefname() == "owned_by" {
			f.member(true, d.GetArg().GetList())
		}
	}
}

// member follows a table and a thing on it, which may be a column: s.t.c.
func (f *follower) member(column bool, list *pg.List) {
	items := list.GetItems()
	last := len(items) - 1
	if last < 1 || !f.isTarget(listName(items[:last])) {
		return
	}
	f.addList(&list.Items, last)
	if column {
		f.list(true, items[last:])
	}
}

// object follows what COMMENT ON, SECURITY LABEL ON and DROP name.
func (f *follower) object(t pg.ObjectType, n *pg.Node) {
	items := n.GetList().GetItems()
	switch {
	case t == pg.ObjectType_OBJECT_COLUMN:
		f.member(true, n.GetList())
	case onTable(t):
		f.member(false, n.GetList())
	case isTable(t), t == pg.ObjectType_OBJECT_VIEW, t == pg.ObjectType_OBJECT_MATVIEW, t == pg.ObjectType_OBJECT_SEQUENCE:
		if len(items) > 0 && f.isTarget(listName(items)) {
			f.addList(&n.GetList().Items, len(items))
		}
	}
}

// function follows a function's types and its body, where that is not a literal.
func (f *follower) function(c *pg.CreateFunctionStmt, s *scope) {
	for _, n := range c.GetParameters() {
		f.typeName(n.GetFunctionParameter().GetArgType())
		f.expr(n.GetFunctionParameter().GetDefexpr(), s)
	}
	f.typeName(c.GetReturnType())
	f.code(c.GetOptions())
	f.stored = true
	f.body(c.GetSqlBody(), s)
}

// body follows a statement or a list of them, where there is any.
func (f *follower) body(n *pg.Node, s *scope) {
	if l := n.GetList(); l != nil {
		for _, i := range l.GetItems() {
			f.body(i, s)
		}
		return
	}
	if n != nil {
		f.statement(n, s)
	}
}

// code refuses a name in the code of a literal, which is not followed.
func (f *follower) code(options []*pg.Node) {
	for _, n := range options {
		if d := n.GetDefElem(); d.GetDefname() == "as" && f.isIn(constText(d.GetArg())) {
			f.fail("body", "the code in the literal may name it")
		}
	}
}

// isIn says whether a text may name what is looked for.
func (f *follower) isIn(code string) bool {
	word := f.table.Name
	if f.inColumns {
		word = f.column
	}
	return hasWord(strings.ToLower(code), strings.ToLower(word))
}
