package postgres

import (
	pg "github.com/pganalyze/pg_query_go/v5"

	"github.com/safemig/safemig/dialect/change"
)

// routines is the statements that make code, and those that run code which the
// text does not show.
func (c *converter) routines(n *pg.Node) (string, []change.Op) {
	switch v := n.GetNode().(type) {
	case *pg.Node_CreateFunctionStmt:
		return c.createFunction(v.CreateFunctionStmt)
	case *pg.Node_AlterFunctionStmt:
		s := v.AlterFunctionStmt
		return c.object(change.Object{Class: className(s.GetObjtype()), Verb: "alter", Action: optionNames(s.GetActions()), Name: listName(s.GetFunc().GetObjname())})
	case *pg.Node_DoStmt:
		return "do", c.opaque("a DO block: its code is not looked into")
	case *pg.Node_CallStmt:
		name := listName(v.CallStmt.GetFunccall().GetFuncname())
		return "call", c.opaque("CALL runs the procedure " + name.String() + ", which is not looked into")
	case *pg.Node_PrepareStmt:
		return "prepare", c.opaque("PREPARE keeps a statement for later; whether EXECUTE runs it is not followed")
	case *pg.Node_ExecuteStmt:
		return "execute", c.opaque("EXECUTE runs the prepared statement " + v.ExecuteStmt.GetName() + ", which is not looked into")
	}
	return c.operators(n)
}

// createFunction is CREATE FUNCTION and PROCEDURE; the tables of an
// SQL-standard body are known, those of a body in quotes are not.
func (c *converter) createFunction(s *pg.CreateFunctionStmt) (string, []change.Op) {
	class := "function"
	if s.GetIsProcedure() {
		class = "procedure"
	}
	var r reading
	r.node(s.GetSqlBody())
	for _, op := range c.within(&r) {
		for _, name := range touched(op) {
			r.add(name)
		}
	}
	return c.object(change.Object{
		Class: class, Verb: "create", Name: listName(s.GetFuncname()), Tables: r.tables, OrReplace: s.GetReplace(),
	})
}

// operators is the statements about operators, casts, languages and the like.
func (c *converter) operators(n *pg.Node) (string, []change.Op) {
	o := change.Object{Verb: "create"}
	switch v := n.GetNode().(type) {
	case *pg.Node_CreateOpClassStmt:
		o.Class, o.Name = "operator class", listName(v.CreateOpClassStmt.GetOpclassname())
	case *pg.Node_CreateOpFamilyStmt:
		o.Class, o.Name = "operator family", listName(v.CreateOpFamilyStmt.GetOpfamilyname())
	case *pg.Node_AlterOpFamilyStmt:
		o.Class, o.Verb, o.Name = "operator family", "alter", listName(v.AlterOpFamilyStmt.GetOpfamilyname())
	case *pg.Node_AlterOperatorStmt:
		o.Class, o.Verb, o.Name = "operator", "alter", listName(v.AlterOperatorStmt.GetOpername().GetObjname())
	case *pg.Node_CreateCastStmt:
		o.Class = "cast"
		o.Name.Schema, o.Name.Name = typeNames(v.CreateCastStmt.GetSourcetype())
	case *pg.Node_CreateTransformStmt:
		o.Class, o.OrReplace = "transform", v.CreateTransformStmt.GetReplace()
		o.Name.Schema, o.Name.Name = typeNames(v.CreateTransformStmt.GetTypeName())
	case *pg.Node_CreateConversionStmt:
		o.Class, o.Name = "conversion", listName(v.CreateConversionStmt.GetConversionName())
	case *pg.Node_CreatePlangStmt:
		o.Class, o.Name.Name, o.OrReplace = "language", v.CreatePlangStmt.GetPlname(), v.CreatePlangStmt.GetReplace()
	case *pg.Node_CreateAmStmt:
		o.Class, o.Name.Name = "access method", v.CreateAmStmt.GetAmname()
	case *pg.Node_AlterCollationStmt:
		o.Class, o.Verb, o.Name = "collation", "alter", listName(v.AlterCollationStmt.GetCollname())
	case *pg.Node_AlterTsdictionaryStmt:
		o.Class, o.Verb, o.Name = "text search dictionary", "alter", listName(v.AlterTsdictionaryStmt.GetDictname())
	case *pg.Node_AlterTsconfigurationStmt:
		o.Class, o.Verb, o.Name = "text search configuration", "alter", listName(v.AlterTsconfigurationStmt.GetCfgname())
	case *pg.Node_CreateEventTrigStmt:
		o.Class, o.Name.Name = "event trigger", v.CreateEventTrigStmt.GetTrigname()
	case *pg.Node_AlterEventTrigStmt:
		o.Class, o.Verb, o.Name.Name = "event trigger", "alter", v.AlterEventTrigStmt.GetTrigname()
	default:
		return "", nil
	}
	return c.object(o)
}
