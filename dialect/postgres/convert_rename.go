package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// renames is RENAME, SET SCHEMA, OWNER TO and DEPENDS ON EXTENSION.
func (c *converter) renames(n *pg.Node) (string, []change.Op) {
	switch v := n.GetNode().(type) {
	case *pg.Node_RenameStmt:
		return c.rename(v.RenameStmt)
	case *pg.Node_AlterObjectSchemaStmt:
		return c.setSchema(v.AlterObjectSchemaStmt)
	case *pg.Node_AlterOwnerStmt:
		s := v.AlterOwnerStmt
		return c.object(change.Object{
			Class: className(s.GetObjectType()), Verb: "alter", Action: "owner", Name: anyName(s.GetObject()), To: roleName(s.GetNewowner()),
		})
	case *pg.Node_AlterObjectDependsStmt:
		s := v.AlterObjectDependsStmt
		o := change.Object{Class: className(s.GetObjectType()), Verb: "alter", Action: "depends on extension", To: s.GetExtname().GetSval()}
		o.Name = tableName(s.GetRelation())
		if s.GetObject() != nil {
			o.Name, o.Table = anyName(s.GetObject()), o.Name
		}
		return c.object(o)
	}
	return "", nil
}

func (c *converter) rename(s *pg.RenameStmt) (string, []change.Op) {
	if op := c.tableRename(s); op != nil {
		op.Head().Span = c.clauseSpan()
		return kindOf("alter", className(renamedClass(s))), []change.Op{op}
	}
	o := change.Object{
		Header: c.head(change.Name{}), Class: className(renamedClass(s)), Verb: "rename",
		Name: anyName(s.GetObject()), To: s.GetNewname(), IfExists: s.GetMissingOk(), Cascade: cascades(s.GetBehavior()),
	}
	switch t := s.GetRenameType(); t {
	case pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW, pg.ObjectType_OBJECT_SEQUENCE:
		o.Name = tableName(s.GetRelation())
	case pg.ObjectType_OBJECT_TRIGGER, pg.ObjectType_OBJECT_POLICY, pg.ObjectType_OBJECT_RULE:
		o.Table, o.Name = tableName(s.GetRelation()), change.Name{Name: s.GetSubname()}
	case pg.ObjectType_OBJECT_COLUMN, pg.ObjectType_OBJECT_ATTRIBUTE:
		o.Verb, o.Action, o.Name, o.Columns = "alter", "rename "+className(t), tableName(s.GetRelation()), []string{s.GetSubname()}
	case pg.ObjectType_OBJECT_DOMCONSTRAINT:
		o.Verb, o.Action = "alter", "rename constraint"
	case pg.ObjectType_OBJECT_OPCLASS, pg.ObjectType_OBJECT_OPFAMILY:
		o.Name = droppedName(t, s.GetObject())
	}
	if o.Name.IsZero() {
		o.Name.Name = s.GetSubname() // a role, a schema, a database
	}
	return c.object(o)
}

// tableRename is a RENAME within or of a table, or of an index; nil for all others.
func (c *converter) tableRename(s *pg.RenameStmt) change.Op {
	name, head := tableName(s.GetRelation()), c.headOf(s.GetRelation())
	switch t := s.GetRenameType(); {
	case isTable(t):
		return &change.RenameTable{Header: head, To: change.Name{Name: s.GetNewname()}}
	case t == pg.ObjectType_OBJECT_COLUMN && isTable(s.GetRelationType()):
		return &change.RenameColumn{Header: head, From: s.GetSubname(), To: s.GetNewname()}
	case t == pg.ObjectType_OBJECT_TABCONSTRAINT:
		return &change.RenameConstraint{Header: head, From: s.GetSubname(), To: s.GetNewname()}
	case t == pg.ObjectType_OBJECT_INDEX:
		return &change.RenameIndex{Header: c.head(change.Name{}), Index: name, To: s.GetNewname()}
	}
	return nil
}

// renamedClass is the class that the ALTER names: that of the table for a column.
func renamedClass(s *pg.RenameStmt) pg.ObjectType {
	switch s.GetRenameType() {
	case pg.ObjectType_OBJECT_COLUMN:
		return s.GetRelationType()
	case pg.ObjectType_OBJECT_TABCONSTRAINT:
		return pg.ObjectType_OBJECT_TABLE
	case pg.ObjectType_OBJECT_DOMCONSTRAINT:
		return pg.ObjectType_OBJECT_DOMAIN
	case pg.ObjectType_OBJECT_ATTRIBUTE:
		return pg.ObjectType_OBJECT_TYPE
	}
	return s.GetRenameType()
}

// clauseSpan is the one clause behind the name of an ALTER; RENAME and SET
// SCHEMA cannot stand beside others.
func (c *converter) clauseSpan() change.Span {
	if span := c.clauses(1)[0].span(); span.Valid() {
		return span
	}
	return c.stmt.Span
}

func (c *converter) setSchema(s *pg.AlterObjectSchemaStmt) (string, []change.Op) {
	t := s.GetObjectType()
	if isTable(t) {
		name := tableName(s.GetRelation())
		op := &change.RenameTable{Header: c.head(name), To: change.Name{Schema: s.GetNewschema(), Name: name.Name}}
		op.Span = c.clauseSpan()
		return kindOf("alter", className(t)), []change.Op{op}
	}
	o := change.Object{Class: className(t), Verb: "alter", Action: "set schema", To: s.GetNewschema(), Name: anyName(s.GetObject())}
	if s.GetRelation() != nil {
		o.Name = tableName(s.GetRelation())
	}
	return c.object(o)
}
