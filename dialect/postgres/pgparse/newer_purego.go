//go:build !cgo || purego

package pgparse

import (
	"strings"

	pg "github.com/sqlc-dev/oliphant"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// IsNewer says whether a tree holds syntax that is newer than PostgreSQL 16,
// whose grammar is that of the other build.
// https://www.postgresql.org/docs/current/release.html
func IsNewer(tree *ParseResult) bool {
	for _, s := range tree.GetStmts() {
		if !isOrdinary(s.GetStmt()) && hasNewer(s.ProtoReflect()) {
			return true
		}
	}
	return false
}

// hasNewer looks for newer syntax in a message and in all below it.
func hasNewer(m protoreflect.Message) bool {
	if newerTable(m.Interface()) || newerQuery(m.Interface()) || newerObject(m.Interface()) {
		return true
	}
	found := false
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Message() == nil:
		case f.IsList():
			for i := 0; i < v.List().Len() && !found; i++ {
				found = hasNewer(v.List().Get(i).Message())
			}
		default:
			found = hasNewer(v.Message())
		}
		return !found
	})
	return found
}

// newerTable is for definitions of tables.
func newerTable(m any) bool {
	switch v := m.(type) {
	case *pg.Constraint:
		return newerConstraint(v)
	case *pg.AlterTableCmd:
		switch v.GetSubtype() {
		case pg.AlterTableType_AT_SetExpression, pg.AlterTableType_AT_AlterConstraint:
			return true
		case pg.AlterTableType_AT_SetStatistics:
			return v.GetDef() == nil // DEFAULT
		case pg.AlterTableType_AT_SetAccessMethod:
			return v.GetName() == "" // DEFAULT
		}
	}
	return false
}

func newerConstraint(c *pg.Constraint) bool {
	switch c.GetContype() {
	case pg.ConstrType_CONSTR_ATTR_ENFORCED, pg.ConstrType_CONSTR_ATTR_NOT_ENFORCED:
		return true
	case pg.ConstrType_CONSTR_NOTNULL:
		return len(c.GetKeys()) > 0 || c.GetIsNoInherit() // as a constraint of the table
	case pg.ConstrType_CONSTR_GENERATED:
		return c.GetGeneratedKind() != "s" // VIRTUAL
	case pg.ConstrType_CONSTR_CHECK, pg.ConstrType_CONSTR_FOREIGN:
		return !c.GetIsEnforced() || c.GetFkWithPeriod() || c.GetPkWithPeriod()
	}
	return c.GetWithoutOverlaps()
}

// newerQuery is for queries and changes of rows.
func newerQuery(m any) bool {
	switch v := m.(type) {
	case *pg.JsonFuncExpr, *pg.JsonTable, *pg.JsonParseExpr, *pg.JsonScalarExpr, *pg.JsonSerializeExpr, *pg.MergeSupportFunc:
		return true
	case *pg.FuncCall: // AT LOCAL is timezone(t)
		return v.GetFuncformat() == pg.CoercionForm_COERCE_SQL_SYNTAX && len(v.GetArgs()) == 1 && isCalled(v, "timezone")
	case *pg.ReturningClause:
		return len(v.GetOptions()) > 0
	case *pg.MergeStmt:
		return v.GetReturningClause() != nil
	case *pg.MergeWhenClause:
		return v.GetMatchKind() == pg.MergeMatchKind_MERGE_WHEN_NOT_MATCHED_BY_SOURCE
	}
	return false
}

func isCalled(f *pg.FuncCall, name string) bool {
	names := f.GetFuncname()
	return len(names) > 0 && names[len(names)-1].GetString_().GetSval() == name
}

// newerObject is for what is no table, and for maintenance.
func newerObject(m any) bool {
	switch v := m.(type) {
	case *pg.VacuumRelation:
		return v.GetRelation() != nil && !v.GetRelation().GetInh() // ONLY
	case *pg.AlterStatsStmt:
		return v.GetStxstattarget() == nil // DEFAULT
	case *pg.AlterOperatorStmt:
		for _, n := range v.GetOptions() {
			if n.GetDefElem().GetArg() == nil { // MERGES, HASHES
				return true
			}
		}
	case *pg.AlterDefaultPrivilegesStmt:
		return v.GetAction().GetObjtype() == pg.ObjectType_OBJECT_LARGEOBJECT
	}
	return false
}

// SQLJSON is the name of a function of SQL/JSON that is a node of its own.
// https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-SQLJSON-QUERYING
func SQLJSON(n *Node) string {
	switch v := n.GetNode().(type) {
	case *pg.Node_JsonFuncExpr:
		return strings.ToLower(strings.TrimSuffix(v.JsonFuncExpr.GetOp().String(), "_OP"))
	case *pg.Node_JsonTable:
		return "json_table"
	case *pg.Node_JsonParseExpr:
		return "json"
	case *pg.Node_JsonScalarExpr:
		return "json_scalar"
	case *pg.Node_JsonSerializeExpr:
		return "json_serialize"
	}
	return ""
}
