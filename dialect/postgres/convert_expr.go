package postgres

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// expr is an expression whose text is at; nil where there is none.
func expr(n *pg.Node, at change.Span) *change.Expr {
	if n == nil {
		return nil
	}
	var r reading
	r.node(n)
	return &change.Expr{Span: at, Volatility: r.worst, Null: isNull(n), Funcs: r.funcs, Columns: r.columns, Sequences: r.numbers.Sequences}
}

// isNull says whether an expression is the literal NULL, cast or not.
func isNull(n *pg.Node) bool {
	switch v := n.GetNode().(type) {
	case *pg.Node_AConst:
		return v.AConst.GetIsnull()
	case *pg.Node_TypeCast:
		return isNull(v.TypeCast.GetArg())
	case *pg.Node_CollateClause:
		return isNull(v.CollateClause.GetArg())
	}
	return false
}

// call reads a function call.
func (r *reading) call(f *pg.FuncCall) {
	name := listName(f.GetFuncname())
	if f.GetFuncformat() == pg.CoercionForm_COERCE_SQL_SYNTAX {
		name.Schema = "" // EXTRACT(..), AT TIME ZONE: the parser added pg_catalog
	}
	r.raise(volatilityOf(name.Schema, name.Name))
	r.funcs = addNew(r.funcs, name.String())
	r.sequence(name, f.GetArgs())
	r.nodes(f.GetArgs())
	r.nodes(f.GetAggOrder())
	r.node(f.GetAggFilter())
	if f.GetOver() != nil {
		r.below(f.GetOver().ProtoReflect())
	}
}

// cast reads a cast. That of a literal is a literal, unless it reads the clock.
func (r *reading) cast(t *pg.TypeCast) {
	_, name := typeNames(t.GetTypeName())
	constant := t.GetArg().GetAConst()
	switch {
	case constant != nil && readsClock(name, literal(constant)):
		r.raise(change.Stable)
	case constant == nil && !isNull(t.GetArg()):
		r.raise(change.Immutable)
	}
	r.node(t.GetArg())
}

// operatorVolatility is that of a built-in operator; OPERATOR(schema.op) may be anything.
func operatorVolatility(e *pg.A_Expr) change.Volatility {
	if n := listName(e.GetName()); n.Schema != "" && n.Schema != "pg_catalog" {
		return change.VolatilityUnknown
	}
	return change.Immutable
}

// valueFunction is the name of a function that is written without brackets.
// https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT
func valueFunction(op pg.SQLValueFunctionOp) string {
	name := strings.TrimPrefix(op.String(), "SVFOP_")
	return strings.ToLower(strings.TrimSuffix(name, "_N"))
}

// provesNotNull is the columns that cannot be NULL where a CHECK is true of
// every row: c IS NOT NULL, NOT (c IS NULL), and those joined by AND. A CHECK
// is satisfied by NULL, which these never are.
func provesNotNull(n *pg.Node) []string {
	switch v := n.GetNode().(type) {
	case *pg.Node_NullTest:
		if v.NullTest.GetNulltesttype() == pg.NullTestType_IS_NOT_NULL {
			return testedColumn(v.NullTest)
		}
	case *pg.Node_BoolExpr:
		switch v.BoolExpr.GetBoolop() {
		case pg.BoolExprType_AND_EXPR:
			var columns []string
			for _, a := range v.BoolExpr.GetArgs() {
				for _, c := range provesNotNull(a) {
					columns = addNew(columns, c)
				}
			}
			return columns
		case pg.BoolExprType_NOT_EXPR:
			if t := v.BoolExpr.GetArgs()[0].GetNullTest(); t.GetNulltesttype() == pg.NullTestType_IS_NULL {
				return testedColumn(t)
			}
		}
	}
	return nil
}

func testedColumn(t *pg.NullTest) []string {
	fields := stringsOf(t.GetArg().GetColumnRef().GetFields())
	if len(fields) == 0 {
		return nil
	}
	return fields[len(fields)-1:]
}

// isAlways says whether a condition holds for every row: true, 1 = 1.
func isAlways(n *pg.Node) bool {
	switch v := n.GetNode().(type) {
	case *pg.Node_AConst:
		return v.AConst.GetBoolval().GetBoolval()
	case *pg.Node_TypeCast:
		_, name := typeNames(v.TypeCast.GetTypeName())
		return name == "boolean" && isTrueWord(constText(v.TypeCast.GetArg()))
	case *pg.Node_AExpr:
		return isTautology(v.AExpr)
	case *pg.Node_BoolExpr:
		return isAlwaysBool(v.BoolExpr)
	}
	return false
}

func isTautology(e *pg.A_Expr) bool {
	l, r := e.GetLexpr().GetAConst(), e.GetRexpr().GetAConst()
	return l != nil && r != nil && !l.GetIsnull() && e.GetKind() == pg.A_Expr_Kind_AEXPR_OP &&
		listName(e.GetName()).Name == "=" && literal(l) == literal(r)
}

func isAlwaysBool(b *pg.BoolExpr) bool {
	switch b.GetBoolop() {
	case pg.BoolExprType_NOT_EXPR:
		return isNever(b.GetArgs()[0])
	case pg.BoolExprType_AND_EXPR:
		for _, a := range b.GetArgs() {
			if !isAlways(a) {
				return false
			}
		}
		return true
	}
	for _, a := range b.GetArgs() {
		if isAlways(a) {
			return true
		}
	}
	return false
}

// isNever says whether a condition is the literal false.
func isNever(n *pg.Node) bool {
	c := n.GetAConst()
	return c != nil && c.GetBoolval() != nil && !c.GetBoolval().GetBoolval()
}

// isTrueWord says whether a text is read as true.
// https://www.postgresql.org/docs/current/datatype-boolean.html
func isTrueWord(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "t", "true", "y", "yes", "on", "1":
		return true
	}
	return false
}
