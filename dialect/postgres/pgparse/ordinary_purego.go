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
			!slices.ContainsFunc(s.GetTableElts(), isNotOrdinaryElement)
	case *pg.Node_AlterTableStmt:
		return !slices.ContainsFunc(v.AlterTableStmt.GetCmds(), func(n *pg.Node) bool {
			cmd := n.GetAlterTableCmd()
			return cmd == nil || newerTable(cmd) || cmd.GetDef() != nil && isNotOrdinaryElement(cmd.GetDef())
		})
	case *pg.Node_IndexStmt:
		s := v.IndexStmt
		return len(s.GetOptions()) == 0 && isOrdinaryExpr(s.GetWhereClause()) &&
			!slices.ContainsFunc(s.GetIndexParams(), isNotOrdinaryKey) && !slices.ContainsFunc(s.GetIndexIncludingParams(), isNotOrdinaryKey)
	case *pg.Node_UpdateStmt:
		return isOrdinaryUpdate(v.UpdateStmt)
	case *pg.Node_DropStmt, *pg.Node_RenameStmt, *pg.Node_CommentStmt, *pg.Node_TransactionStmt,
		*pg.Node_CreateEnumStmt, *pg.Node_AlterEnumStmt: // they hold names and words only
		return true
	}
	return false
}

// isNotOrdinaryKey is for what an index is made of.
func isNotOrdinaryKey(n *pg.Node) bool {
	e := n.GetIndexElem()
	return e == nil || !isOrdinaryExpr(e.GetExpr()) || len(e.GetOpclassopts()) > 0
}

// isOrdinaryUpdate is for changes of one table's rows that read no other table.
func isOrdinaryUpdate(s *pg.UpdateStmt) bool {
	return len(s.GetFromClause()) == 0 && s.GetWithClause() == nil && s.GetReturningClause() == nil && isOrdinaryExpr(s.GetWhereClause()) &&
		!slices.ContainsFunc(s.GetTargetList(), func(n *pg.Node) bool {
			target := n.GetResTarget()
			return target == nil || len(target.GetIndirection()) > 0 || !isOrdinaryExpr(target.GetVal())
		})
}

// isNotOrdinaryElement is for what stands in the brackets of CREATE TABLE and for
// what ALTER TABLE defines.
func isNotOrdinaryElement(n *pg.Node) bool {
	switch v := n.GetNode().(type) {
	case *pg.Node_ColumnDef:
		d := v.ColumnDef
		return len(d.GetFdwoptions()) > 0 || !isOrdinaryType(d.GetTypeName()) || !isOrdinaryExpr(d.GetRawDefault()) ||
			slices.ContainsFunc(d.GetConstraints(), func(n *pg.Node) bool { return !isOrdinaryConstraint(n.GetConstraint()) })
	case *pg.Node_Constraint:
		return !isOrdinaryConstraint(v.Constraint)
	}
	return !isOrdinaryExpr(n) // of SET DEFAULT
}

func isOrdinaryConstraint(c *pg.Constraint) bool {
	return c != nil && !newerConstraint(c) && isOrdinaryExpr(c.GetRawExpr()) &&
		c.GetWhereClause() == nil && len(c.GetExclusions()) == 0 && len(c.GetOptions()) == 0
}

func isOrdinaryType(t *pg.TypeName) bool {
	return areOrdinary(t.GetTypmods())
}

// isOrdinaryExpr is for expressions of constants, columns and plain calls; none is ordinary too.
func isOrdinaryExpr(n *pg.Node) bool {
	switch v := n.GetNode().(type) {
	case nil, *pg.Node_AConst, *pg.Node_ColumnRef, *pg.Node_SqlvalueFunction:
		return true
	case *pg.Node_TypeCast:
		return isOrdinaryType(v.TypeCast.GetTypeName()) && isOrdinaryExpr(v.TypeCast.GetArg())
	case *pg.Node_NullTest:
		return isOrdinaryExpr(v.NullTest.GetArg())
	case *pg.Node_BoolExpr:
		return areOrdinary(v.BoolExpr.GetArgs())
	case *pg.Node_AArrayExpr:
		return areOrdinary(v.AArrayExpr.GetElements())
	case *pg.Node_List: // of IN and of BETWEEN
		return areOrdinary(v.List.GetItems())
	case *pg.Node_AExpr:
		return isOrdinaryExpr(v.AExpr.GetLexpr()) && isOrdinaryExpr(v.AExpr.GetRexpr())
	case *pg.Node_FuncCall:
		f := v.FuncCall
		return !newerQuery(f) && f.GetAggFilter() == nil && f.GetOver() == nil && len(f.GetAggOrder()) == 0 &&
			areOrdinary(f.GetArgs())
	}
	return false
}

func areOrdinary(all []*pg.Node) bool {
	return !slices.ContainsFunc(all, func(n *pg.Node) bool { return !isOrdinaryExpr(n) })
}
