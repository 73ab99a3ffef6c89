package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// partitionKey is the columns of PARTITION BY; none where it holds an expression.
func partitionKey(s *pg.PartitionSpec) []string {
	var columns []string
	for _, n := range s.GetPartParams() {
		e := n.GetPartitionElem()
		if e.GetName() == "" {
			return nil
		}
		columns = append(columns, e.GetName())
	}
	return columns
}

// bound is what FOR VALUES says of a partition by one column.
// https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARTITION
func bound(s *pg.PartitionBoundSpec) change.Bound {
	if list := s.GetListdatums(); len(list) > 0 {
		values, ok := constants(list)
		return change.Bound{Known: ok, In: values}
	}
	from, to := s.GetLowerdatums(), s.GetUpperdatums()
	if len(from) != 1 || len(to) != 1 {
		return change.Bound{}
	}
	var out change.Bound
	var okFrom, okTo bool
	out.From, okFrom = rangeEnd(from[0], "minvalue")
	out.To, okTo = rangeEnd(to[0], "maxvalue")
	out.Known = okFrom && okTo
	return out
}

// rangeEnd is one end of a range: a constant, or the word for none, which the
// grammar takes for a column.
func rangeEnd(n *pg.Node, none string) (end *string, ok bool) {
	if fields := stringsOf(n.GetColumnRef().GetFields()); len(fields) == 1 {
		return nil, fields[0] == none
	}
	values, ok := constants([]*pg.Node{n})
	if !ok {
		return nil, false
	}
	return &values[0], true
}

// constants is the texts of expressions that are all constants.
func constants(nodes []*pg.Node) ([]string, bool) {
	var out []string
	for _, n := range nodes {
		if !isLiteral(n) {
			return nil, false
		}
		out = append(out, constText(n))
	}
	return out, len(out) > 0
}

// comparisons is what a CHECK compares columns with, where that is all it does.
func comparisons(n *pg.Node) (list []change.Comparison, either bool) {
	terms := []*pg.Node{n}
	if b := n.GetBoolExpr(); b != nil {
		terms, either = b.GetArgs(), b.GetBoolop() == pg.BoolExprType_OR_EXPR
		if b.GetBoolop() == pg.BoolExprType_NOT_EXPR {
			return nil, false
		}
	}
	for _, t := range terms {
		if t.GetNullTest().GetNulltesttype() == pg.NullTestType_IS_NOT_NULL && !either {
			continue
		}
		one, ok := comparison(t.GetAExpr())
		if !ok {
			return nil, false
		}
		list = append(list, one)
	}
	return list, either
}

// comparison is c < 5, c IN (1, 2) and the like.
func comparison(e *pg.A_Expr) (change.Comparison, bool) {
	fields := stringsOf(e.GetLexpr().GetColumnRef().GetFields())
	op := listName(e.GetName()).Name
	if e == nil || len(fields) == 0 {
		return change.Comparison{}, false
	}
	out := change.Comparison{Column: fields[len(fields)-1], Op: op}
	values := []*pg.Node{e.GetRexpr()}
	switch {
	case e.GetKind() == pg.A_Expr_Kind_AEXPR_IN && op == "=":
		out.Op, values = "in", e.GetRexpr().GetList().GetItems()
	case e.GetKind() != pg.A_Expr_Kind_AEXPR_OP:
		return out, false
	}
	switch out.Op {
	case "<", "<=", "=", ">=", ">", "in":
	default:
		return out, false
	}
	var ok bool
	out.Values, ok = constants(values)
	return out, ok
}
