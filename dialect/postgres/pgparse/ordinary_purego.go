//go:build !cgo || purego

package pgparse

import (
	"slices"

	pg "github.com/sqlc-dev/oliphant"
)

// isOrdinary says of the statements that most migrations are made of that they hold
// no newer syntax. False says nothing: hasNewer finds out, by reflection, which takes
// longer than the parsing.
func isOrdinary(n *pg.Node) bool {
	switch v := n.GetNode().(type) {
	case *pg.Node_CreateStmt:
		s := v.CreateStmt
		return len(s.GetOptions()) == 0 && s.GetPartspec() == nil && s.GetPartbound() == nil && s.GetOfTypename() == nil &&
			slices.IndexFunc(s.GetTableElts(), isNotOrdinaryElement) < 0
	case *pg.Node_AlterTableStmt:
		return slices.IndexFunc(v.AlterTableStmt.GetCmds(), func(n *pg.Node) bool {
			cmd := n.GetAlterTableCmd()
			return cmd == nil || newerTable(cmd) || cmd.GetDef() != nil && isNotOrdinaryElement(cmd.GetDef())
		}) < 0
	case *pg.Node_IndexStmt:
		s := v.IndexStmt
		return s.GetWhereClause() == nil && len(s.GetOptions()) == 0 && len(s.GetIndexIncludingParams()) == 0 &&
			slices.IndexFunc(s.GetIndexParams(), func(n *pg.Node) bool {
				e := n.GetIndexElem()
				return e == nil || e.GetExpr() != nil || len(e.GetOpclassopts()) > 0
			}) < 0
	}
	return false
}

// isNotOrdinaryElement is for what stands in the brackets of CREATE TABLE and for
// what ALTER TABLE defines.
func isNotOrdinaryElement(n *pg.Node) bool {
	switch v := n.GetNode().(type) {
	case *pg.Node_ColumnDef:
		d := v.ColumnDef
		return len(d.GetFdwoptions()) > 0 || !isOrdinaryType(d.GetTypeName()) || !isOrdinaryExpr(d.GetRawDefault()) ||
			slices.IndexFunc(d.GetConstraints(), func(n *pg.Node) bool { return !isOrdinaryConstraint(n.GetConstraint()) }) >= 0
	case *pg.Node_Constraint:
		return !isOrdinaryConstraint(v.Constraint)
	}
	return true
}

func isOrdinaryConstraint(c *pg.Constraint) bool {
	return c != nil && !newerConstraint(c) && isOrdinaryExpr(c.GetRawExpr()) &&
		c.GetWhereClause() == nil && len(c.GetExclusions()) == 0 && len(c.GetOptions()) == 0
}

func isOrdinaryType(t *pg.TypeName) bool {
	return slices.IndexFunc(t.GetTypmods(), func(n *pg.Node) bool { return !isOrdinaryExpr(n) }) < 0
}

// isOrdinaryExpr is for expressions of constants, columns and plain calls; none is ordinary too.
func isOrdinaryExpr(n *pg.Node) bool {
	switch v := n.GetNode().(type) {
	case nil, *pg.Node_AConst, *pg.Node_ColumnRef, *pg.Node_SqlvalueFunction:
		return true
	case *pg.Node_TypeCast:
		return isOrdinaryType(v.TypeCast.GetTypeName()) && isOrdinaryExpr(v.TypeCast.GetArg())
	case *pg.Node_AExpr:
		return isOrdinaryExpr(v.AExpr.GetLexpr()) && isOrdinaryExpr(v.AExpr.GetRexpr())
	case *pg.Node_FuncCall:
		f := v.FuncCall
		return !newerQuery(f) && f.GetAggFilter() == nil && f.GetOver() == nil && len(f.GetAggOrder()) == 0 &&
			slices.IndexFunc(f.GetArgs(), func(n *pg.Node) bool { return !isOrdinaryExpr(n) }) < 0
	}
	return false
}
