package postgres

import (
	"slices"

	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// figured is the word that names a column of a query which has no name of its
// own; nil where that does not stand in the expression. It is sure where a nil
// means ?column?, and not "case", "exists" or the like.
// FigureColname in PostgreSQL's parse_target.c
func figured(n *pg.Node) (at *pg.String, sure bool) {
	at, _, sure = figuredStrength(n)
	return at, sure
}

// figuredStrength tells a name from a type's, which CASE does not take over.
func figuredStrength(n *pg.Node) (at *pg.String, strong, sure bool) {
	switch v := n.GetNode().(type) {
	case *pg.Node_ColumnRef:
		at = lastString(v.ColumnRef.GetFields())
		return at, at != nil, at != nil
	case *pg.Node_AIndirection:
		if at = lastString(v.AIndirection.GetIndirection()); at != nil {
			return at, true, true
		}
		return figuredStrength(v.AIndirection.GetArg())
	case *pg.Node_FuncCall:
		return lastString(v.FuncCall.GetFuncname()), true, true
	case *pg.Node_CollateClause:
		return figuredStrength(v.CollateClause.GetArg())
	case *pg.Node_TypeCast:
		if at, strong, sure = figuredStrength(v.TypeCast.GetArg()); strong {
			return at, true, sure
		}
		return lastString(v.TypeCast.GetTypeName().GetNames()), false, true
	case *pg.Node_CaseExpr:
		if at, strong, sure = figuredStrength(v.CaseExpr.GetDefresult()); strong {
			return at, true, sure
		}
		return nil, false, false
	case *pg.Node_SubLink:
		return figuredLink(v.SubLink)
	case *pg.Node_AConst, *pg.Node_BoolExpr:
		return nil, false, true
	case *pg.Node_AExpr:
		return nil, false, v.AExpr.GetKind() == pg.A_Expr_Kind_AEXPR_OP
	}
	return nil, false, false
}

// figuredLink is the name of a query that stands in an expression.
func figuredLink(l *pg.SubLink) (at *pg.String, strong, sure bool) {
	list := firstPart(l.GetSubselect().GetSelectStmt()).GetTargetList()
	if l.GetSubLinkType() != pg.SubLinkType_EXPR_SUBLINK || len(list) != 1 || list[0].GetResTarget().GetName() != "" {
		return nil, false, false
	}
	at, sure = figured(list[0].GetResTarget().GetVal())
	return at, at != nil, sure
}

// lastString is the last of a list of names, stars and subscripts left out.
func lastString(list []*pg.Node) *pg.String {
	for _, n := range slices.Backward(list) {
		if s := n.GetString_(); s != nil {
			return s
		}
	}
	return nil
}

// figuredName is what an expression is called in the name of its index; empty
// where it has no name.
// FigureIndexColname in PostgreSQL's parse_target.c
func figuredName(n *pg.Node) string {
	if at, sure := figured(n); at != nil || sure {
		return at.GetSval()
	}
	switch v := n.GetNode().(type) {
	case *pg.Node_AExpr:
		if v.AExpr.GetKind() == pg.A_Expr_Kind_AEXPR_NULLIF {
			return "nullif"
		}
	case *pg.Node_CaseExpr:
		return "case"
	case *pg.Node_AArrayExpr:
		return "array"
	case *pg.Node_RowExpr:
		return "row"
	case *pg.Node_CoalesceExpr:
		return "coalesce"
	case *pg.Node_MinMaxExpr:
		if v.MinMaxExpr.GetOp() == pg.MinMaxOp_IS_LEAST {
			return "least"
		}
		return "greatest"
	case *pg.Node_CollateClause:
		return figuredName(v.CollateClause.GetArg())
	case *pg.Node_SqlvalueFunction:
		return valueFunction(v.SqlvalueFunction.GetOp())
	}
	return ""
}
