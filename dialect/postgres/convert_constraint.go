package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// constraint is a constraint whose text, from CONSTRAINT or its first word on, is at.
func (c *converter) constraint(con *pg.Constraint, at tokens) change.Constraint {
	out := change.Constraint{
		Span: at.span(), Kind: constraintKind(con.GetContype()), Name: con.GetConname(),
		Columns: stringsOf(con.GetKeys()), UsingIndex: con.GetIndexname(), Include: stringsOf(con.GetIncluding()),
		NotValid: con.GetSkipValidation(), NoInherit: con.GetIsNoInherit(),
		Deferrable: con.GetDeferrable(), NullsNotDistinct: con.GetNullsNotDistinct(),
	}
	switch out.Kind {
	case change.Check:
		at = at.from(at.find(0, "CHECK"))
		out.Expr = expr(con.GetRawExpr(), at.inside(at.findOpen()).span())
		out.ChecksNotNull = provesNotNull(con.GetRawExpr())
		out.Compares, out.Either = comparisons(con.GetRawExpr())
	case change.ForeignKey:
		out.Columns = stringsOf(con.GetFkAttrs())
		out.Ref = &change.Reference{
			Table: tableName(con.GetPktable()), Columns: stringsOf(con.GetPkAttrs()),
			OnDelete: foreignAction(con.GetFkDelAction()), OnUpdate: foreignAction(con.GetFkUpdAction()),
		}
	case change.Exclude:
		out.Columns = excludedColumns(con.GetExclusions())
	}
	return out
}

func constraintKind(t pg.ConstrType) change.ConstraintKind {
	switch t {
	case pg.ConstrType_CONSTR_PRIMARY:
		return change.PrimaryKey
	case pg.ConstrType_CONSTR_UNIQUE:
		return change.Unique
	case pg.ConstrType_CONSTR_CHECK:
		return change.Check
	case pg.ConstrType_CONSTR_FOREIGN:
		return change.ForeignKey
	case pg.ConstrType_CONSTR_NOTNULL:
		return change.NotNull
	case pg.ConstrType_CONSTR_EXCLUSION:
		return change.Exclude
	}
	return change.UnknownConstraint
}

// foreignAction is what ON DELETE or ON UPDATE says; empty for NO ACTION.
func foreignAction(code string) string {
	switch code {
	case "r":
		return "RESTRICT"
	case "c":
		return "CASCADE"
	case "n":
		return "SET NULL"
	case "d":
		return "SET DEFAULT"
	}
	return ""
}

// excludedColumns is the columns that an EXCLUDE constraint compares.
func excludedColumns(exclusions []*pg.Node) []string {
	var columns []string
	for _, n := range exclusions {
		items := n.GetList().GetItems()
		if len(items) == 0 {
			continue
		}
		if name := items[0].GetIndexElem().GetName(); name != "" {
			columns = addNew(columns, name)
		}
	}
	return columns
}
