package postgres

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// objects is the statements about what lives in a schema beside tables,
// indexes and routines.
func (c *converter) objects(n *pg.Node) (string, []change.Op) {
	switch v := n.GetNode().(type) {
	case *pg.Node_ViewStmt:
		var r reading
		r.node(v.ViewStmt.GetQuery())
		return c.object(change.Object{
			Class: "view", Verb: "create", Name: tableName(v.ViewStmt.GetView()), Tables: r.tables, OrReplace: v.ViewStmt.GetReplace(),
			Columns: r.viewColumns(), Result: resultColumns(v.ViewStmt.GetQuery(), v.ViewStmt.GetAliases()),
		})
	case *pg.Node_CreateSeqStmt:
		s := v.CreateSeqStmt
		return c.sequence("create", s.GetSequence(), s.GetOptions(), s.GetIfNotExists())
	case *pg.Node_AlterSeqStmt:
		s := v.AlterSeqStmt
		return c.sequence("alter", s.GetSequence(), s.GetOptions(), false)
	case *pg.Node_CreateSchemaStmt:
		return c.createSchema(v.CreateSchemaStmt)
	case *pg.Node_CreateStatsStmt:
		s := v.CreateStatsStmt
		o := change.Object{Class: "statistics", Verb: "create", Name: listName(s.GetDefnames()), IfNotExists: s.GetIfNotExists()}
		if tables := tableNames(s.GetRelations()); len(tables) > 0 {
			o.Table = tables[0]
		}
		return c.object(o)
	case *pg.Node_AlterStatsStmt:
		return c.object(change.Object{Class: "statistics", Verb: "alter", Action: "set statistics", Name: listName(v.AlterStatsStmt.GetDefnames())})
	case *pg.Node_RuleStmt:
		return c.rule(v.RuleStmt)
	case *pg.Node_CreatePolicyStmt:
		s := v.CreatePolicyStmt
		return c.policy("create", s.GetTable(), s.GetPolicyName(), s.GetQual(), s.GetWithCheck())
	case *pg.Node_AlterPolicyStmt:
		s := v.AlterPolicyStmt
		return c.policy("alter", s.GetTable(), s.GetPolicyName(), s.GetQual(), s.GetWithCheck())
	case *pg.Node_CommentStmt:
		_, ops := c.comment(v.CommentStmt.GetObjtype(), v.CommentStmt.GetObject(), "comment")
		return "comment", ops
	case *pg.Node_SecLabelStmt:
		_, ops := c.comment(v.SecLabelStmt.GetObjtype(), v.SecLabelStmt.GetObject(), "security label")
		return "security_label", ops
	}
	return c.types(n)
}

func (c *converter) policy(verb string, table *pg.RangeVar, name string, conditions ...*pg.Node) (string, []change.Op) {
	var r reading
	r.nodes(conditions)
	return c.object(change.Object{
		Header: c.head(tableName(table)), Class: "policy", Verb: verb, Name: change.Name{Name: name}, Tables: r.tables,
	})
}

// rule is CREATE RULE; NEW and OLD in it are the row, and no tables.
func (c *converter) rule(s *pg.RuleStmt) (string, []change.Op) {
	o := change.Object{
		Header: c.head(tableName(s.GetRelation())), Class: "rule", Verb: "create",
		Name: change.Name{Name: s.GetRulename()}, OrReplace: s.GetReplace(),
	}
	o.Tables, o.Writes = c.bodyTables(append(s.GetActions(), s.GetWhereClause()))
	return c.object(o)
}

// sequence is CREATE and ALTER SEQUENCE; its table is that of OWNED BY t.c.
func (c *converter) sequence(verb string, name *pg.RangeVar, options []*pg.Node, ifNotExists bool) (string, []change.Op) {
	o := change.Object{Header: c.head(change.Name{}), Class: "sequence", Verb: verb, Name: tableName(name), IfNotExists: ifNotExists}
	if verb == "alter" {
		o.Action = strings.ReplaceAll(optionNames(options), "_", " ")
	}
	for _, n := range options {
		if d := n.GetDefElem(); d.GetDefname() == "owned_by" {
			o.Table, o.Columns = ownedColumn(d.GetArg())
		}
	}
	return c.object(o)
}

// ownedColumn is the table and the column in OWNED BY t.c; nothing for NONE.
func ownedColumn(n *pg.Node) (table change.Name, column []string) {
	table, name := member(n)
	if table.IsZero() {
		return table, nil
	}
	return table, []string{name.Name}
}

// createSchema is CREATE SCHEMA and the statements that may stand in it.
// https://www.postgresql.org/docs/current/sql-createschema.html
func (c *converter) createSchema(s *pg.CreateSchemaStmt) (string, []change.Op) {
	name := s.GetSchemaname()
	if name == "" {
		name = roleName(s.GetAuthrole())
	}
	kind, ops := c.object(change.Object{Class: "schema", Verb: "create", Name: change.Name{Name: name}, IfNotExists: s.GetIfNotExists()})
	parts := c.all.schemaElements()
	for i, n := range s.GetSchemaElts() {
		inner := *c
		if len(parts) == len(s.GetSchemaElts()) {
			inner.all = parts[i]
			inner.stmt.Tokens, inner.stmt.Span = parts[i].list, parts[i].span()
		}
		_, more := inner.convert(n)
		for _, op := range more {
			setSchemaOf(op, name)
		}
		ops = append(ops, more...)
	}
	return kind, ops
}

// schemaElements is the statements within a CREATE SCHEMA: they all begin with
// CREATE or GRANT, which stand nowhere else outside of brackets.
func (t tokens) schemaElements() []tokens {
	starts := func(i int) bool { return t.is(i, "CREATE") || t.is(i, "GRANT") }
	var parts []tokens
	for i := t.search(1, starts); i >= 0; {
		next := t.search(i+1, starts)
		end := next
		if next < 0 {
			end = t.len()
		}
		parts = append(parts, t.sub(i, end))
		i = next
	}
	return parts
}

// setSchemaOf puts what a CREATE SCHEMA makes into the schema.
func setSchemaOf(op change.Op, schema string) {
	if h := op.Head(); h.Table.Name != "" && h.Table.Schema == "" {
		h.Table.Schema = schema
	}
	if o, ok := op.(*change.Object); ok && o.Name.Schema == "" && o.Class != "grant" {
		o.Name.Schema = schema
	}
}

// comment is COMMENT ON and SECURITY LABEL ON; its action is the object's class.
func (c *converter) comment(t pg.ObjectType, n *pg.Node, class string) (string, []change.Op) {
	o := change.Object{Header: c.head(change.Name{}), Class: class, Verb: "comment", Action: className(t)}
	switch {
	case onTable(t):
		o.Table, o.Name = member(n)
	case isTable(t):
		o.Table = anyName(n)
		o.Name = o.Table
	case t == pg.ObjectType_OBJECT_OPCLASS, t == pg.ObjectType_OBJECT_OPFAMILY:
		o.Name = droppedName(t, n)
	default:
		o.Name = anyName(n)
	}
	return c.object(o)
}
