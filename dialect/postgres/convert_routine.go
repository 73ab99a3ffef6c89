package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// routines is the statements that make code, and those that run code which the
// text does not show.
func (c *converter) routines(n *pg.Node) (string, []change.Op) {
	switch v := n.GetNode().(type) {
	case *pg.Node_CreateFunctionStmt:
		return c.createFunction(v.CreateFunctionStmt)
	case *pg.Node_AlterFunctionStmt:
		s := v.AlterFunctionStmt
		return c.object(change.Object{Class: className(s.GetObjtype()), Verb: "alter", Action: optionNames(s.GetActions()), Name: listName(s.GetFunc().GetObjname()), Volatility: declaredVolatility(s.GetActions())})
	case *pg.Node_DoStmt:
		return "do", c.do(v.DoStmt)
	case *pg.Node_CallStmt:
		return "call", c.call(v.CallStmt.GetFunccall())
	case *pg.Node_PrepareStmt:
		c.keep(v.PrepareStmt.GetName())
		return c.named("prepare", "prepared statement", v.PrepareStmt.GetName())
	case *pg.Node_ExecuteStmt:
		return "execute", c.execute(v.ExecuteStmt.GetName())
	}
	return c.operators(n)
}

// createFunction is CREATE FUNCTION and PROCEDURE; the tables of a body in SQL
// are known, those of a body in another language are not.
func (c *converter) createFunction(s *pg.CreateFunctionStmt) (string, []change.Op) {
	class := "function"
	if s.GetIsProcedure() {
		class = "procedure"
	}
	o := change.Object{Class: class, Verb: "create", Name: listName(s.GetFuncname()), OrReplace: s.GetReplace()}
	if o.Volatility = declaredVolatility(s.GetOptions()); o.Volatility == change.Constant && class == "function" {
		o.Volatility = change.Volatile
	}
	o.Tables, o.Writes = c.bodyTables(functionBody(s))
	c.define(s, &o)
	return c.object(o)
}

// declaredVolatility is the volatility that a function's options name,
// Constant where they name none.
// https://www.postgresql.org/docs/current/xfunc-volatility.html
func declaredVolatility(options []*pg.Node) change.Volatility {
	for _, n := range options {
		if d := n.GetDefElem(); d.GetDefname() == "volatility" {
			switch constText(d.GetArg()) {
			case "immutable":
				return change.Immutable
			case "stable":
				return change.Stable
			case "volatile":
				return change.Volatile
			}
		}
	}
	return change.Constant
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
