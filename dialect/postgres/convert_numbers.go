package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// sequence notes what nextval() and its kin are called for.
// https://www.postgresql.org/docs/current/functions-sequence.html
func (r *reading) sequence(function change.Name, args []*pg.Node) {
	switch function.Name {
	case "nextval", "setval", "currval":
	default:
		return
	}
	if function.Schema != "" && function.Schema != "pg_catalog" || len(args) == 0 {
		return
	}
	if isLiteral(args[0]) {
		r.numbers.Sequences = addNames(r.numbers.Sequences, sequenceName(constText(args[0])))
		return
	}
	if m := serialOf(args[0]); !m.Table.IsZero() && !slices.Contains(r.numbers.OfColumns, m) {
		r.numbers.OfColumns = append(r.numbers.OfColumns, m)
	}
}

// serialOf is the column in pg_get_serial_sequence('t', 'c'); the second argument
// is taken as it is.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CATALOG
func serialOf(n *pg.Node) change.Member {
	for n.GetTypeCast() != nil {
		n = n.GetTypeCast().GetArg()
	}
	args := n.GetFuncCall().GetArgs()
	if listName(n.GetFuncCall().GetFuncname()).Name != "pg_get_serial_sequence" || len(args) != 2 || !isLiteral(args[0]) || !isLiteral(args[1]) {
		return change.Member{}
	}
	return change.Member{Table: sequenceName(constText(args[0])), Column: constText(args[1])}
}

// sequenceName reads a name as regclass does: quoted where it is not lower-case.
func sequenceName(text string) change.Name {
	var parts []string
	toks := tokens{[]byte(text), Lex([]byte(text), change.Span{End: len(text)})}
	for i := range toks.list {
		if !toks.punct(i, '.') {
			parts = append(parts, toks.name(i))
		}
	}
	return dotted(parts)
}

// giveColumns tells an INSERT's columns with a value from those that take their default.
// https://www.postgresql.org/docs/current/sql-insert.html
func giveColumns(op *change.Insert, columns []*pg.Node, query *pg.SelectStmt, override pg.OverridingKind) {
	for query.GetLarg() != nil { // the first query of a UNION says how many columns there are
		query = query.GetLarg()
	}
	giveRow(op, columns, query.GetTargetList(), override)
	for _, n := range query.GetValuesLists() {
		giveRow(op, columns, n.GetList().GetItems(), override)
	}
}

// giveRow is one row of values, for the columns that the statement names.
func giveRow(op *change.Insert, columns, values []*pg.Node, override pg.OverridingKind) {
	op.Columns = nil
	for _, n := range columns {
		op.Columns = append(op.Columns, n.GetResTarget().GetName())
	}
	op.UserValue = override == pg.OverridingKind_OVERRIDING_USER_VALUE
	op.Values = len(values)
	for i, n := range values {
		switch {
		case isStar(n):
			op.Values = -1
		case n.GetSetToDefault() != nil && !slices.Contains(op.Defaults, i):
			op.Defaults = append(op.Defaults, i)
		}
	}
}

// isStar is * or t.* in the list of a SELECT.
func isStar(n *pg.Node) bool {
	fields := n.GetResTarget().GetVal().GetColumnRef().GetFields()
	return len(fields) > 0 && fields[len(fields)-1].GetAStar() != nil
}

// setToDefault are the columns of SET c = DEFAULT and SET (c, ..) = (DEFAULT, ..).
// https://www.postgresql.org/docs/current/sql-update.html
func setToDefault(targets []*pg.Node) []string {
	var out []string
	for _, n := range targets {
		val := n.GetResTarget().GetVal()
		if m := val.GetMultiAssignRef(); m != nil {
			row := m.GetSource().GetRowExpr().GetArgs()
			if i := int(m.GetColno()) - 1; i >= 0 && i < len(row) {
				val = row[i]
			}
		}
		if val.GetSetToDefault() != nil {
			out = addNew(out, n.GetResTarget().GetName())
		}
	}
	return out
}

// identitySequence is what SEQUENCE NAME among an identity's options calls it.
func identitySequence(options []*pg.Node) change.Name {
	for _, n := range options {
		if d := n.GetDefElem(); d.GetDefname() == "sequence_name" {
			return anyName(d.GetArg())
		}
	}
	return change.Name{}
}
