package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// column is a column definition; its tokens are within at, which may hold
// words before it (ADD COLUMN).
func (c *converter) column(def *pg.ColumnDef, at tokens) change.Column {
	at = at.from(at.at(c.offset(def.GetLocation())))
	col := change.Column{Name: def.GetColname(), Span: at.span(), NameSpan: at.spanOf(0)}
	parts := c.columnParts(def, at)
	if def.GetTypeName() != nil {
		col.Type = typeOf(def.GetTypeName(), c.typeTokens(def, at, parts))
		col.Type.Collation = listName(def.GetCollClause().GetCollname()).String()
		if l := def.GetCollClause(); l != nil {
			col.Type.CollationSpan = parts.of(c.offset(l.GetLocation())).bare.from(1).span()
		}
	}
	for _, n := range def.GetConstraints() {
		con := n.GetConstraint()
		c.columnConstraint(&col, con, parts.of(c.offset(con.GetLocation())))
	}
	return col
}

// columnParts cuts a column definition at the starts of its constraints, of
// their attributes (DEFERRABLE) and of its COLLATE clause: the tree knows
// these, so the expressions between them need no guessing.
func (c *converter) columnParts(def *pg.ColumnDef, at tokens) columnParts {
	p := columnParts{at: at}
	for _, n := range def.GetConstraints() {
		con := n.GetConstraint()
		start := c.offset(con.GetLocation())
		p.starts = append(p.starts, start)
		if !isAttribute(con.GetContype()) {
			p.whole = append(p.whole, start)
		}
	}
	if l := def.GetCollClause(); l != nil {
		start := c.offset(l.GetLocation())
		p.starts, p.whole = append(p.starts, start), append(p.whole, start)
	}
	slices.Sort(p.starts)
	slices.Sort(p.whole)
	return p
}

// columnParts is where the parts of a column definition start.
type columnParts struct {
	at     tokens
	starts []int
	whole  []int // those of a constraint together with its attributes
}

// part is the tokens of a constraint: without its attributes, and with them.
type part struct{ bare, whole tokens }

func (p columnParts) of(start int) part {
	return part{p.until(start, p.starts), p.until(start, p.whole)}
}

func (p columnParts) until(start int, starts []int) tokens {
	i, _ := slices.BinarySearch(starts, start+1)
	end := p.at.len()
	if i < len(starts) {
		end = p.at.at(starts[i])
	}
	return p.at.sub(p.at.at(start), end)
}

func isAttribute(t pg.ConstrType) bool { return t >= pg.ConstrType_CONSTR_ATTR_DEFERRABLE }

// typeTokens is the text of a column's type: up to the first constraint, and
// to the options that may stand before it.
// https://www.postgresql.org/docs/current/sql-createtable.html
func (c *converter) typeTokens(def *pg.ColumnDef, at tokens, p columnParts) tokens {
	start := at.at(c.offset(def.GetTypeName().GetLocation()))
	end := at.len()
	if len(p.starts) > 0 {
		end = at.at(p.starts[0])
	}
	for i := start + 1; i < end; i++ {
		if !at.punct(i-1, '.') && (at.is(i, "STORAGE") || at.is(i, "COMPRESSION") || at.is(i, "OPTIONS")) {
			end = i
		}
	}
	return at.sub(start, end)
}

// columnConstraint enters one constraint into its column.
func (c *converter) columnConstraint(col *change.Column, con *pg.Constraint, at part) {
	switch con.GetContype() {
	case pg.ConstrType_CONSTR_NOTNULL:
		c.notNull(col, con, at)
	case pg.ConstrType_CONSTR_NULL:
		col.Null = true
	case pg.ConstrType_CONSTR_DEFAULT:
		col.Default = expr(con.GetRawExpr(), at.bare.from(at.bare.find(0, "DEFAULT")+1).span())
	case pg.ConstrType_CONSTR_IDENTITY:
		col.Identity, col.SequenceName = identity(con.GetGeneratedWhen()), identitySequence(con.GetOptions())
		col.IdentitySpan = at.bare.span()
	case pg.ConstrType_CONSTR_GENERATED:
		e := expr(con.GetRawExpr(), at.bare.inside(at.bare.findOpen()).span())
		col.Generated = &change.Generated{Expr: *e, Stored: true}
	case pg.ConstrType_CONSTR_ATTR_DEFERRABLE, pg.ConstrType_CONSTR_ATTR_DEFERRED:
		if n := len(col.Constraints); n > 0 {
			col.Constraints[n-1].Deferrable = true
		}
	case pg.ConstrType_CONSTR_ATTR_NOT_DEFERRABLE, pg.ConstrType_CONSTR_ATTR_IMMEDIATE:
	default:
		if c.virtual(at.bare) {
			e := expr(con.GetRawExpr(), at.bare.inside(at.bare.findOpen()).span())
			col.Generated = &change.Generated{Expr: *e}
			return
		}
		col.Constraints = append(col.Constraints, c.inlineConstraint(col, con, at))
	}
}

func (c *converter) inlineConstraint(col *change.Column, con *pg.Constraint, at part) change.Constraint {
	out := c.constraint(con, at.bare)
	out.Span = at.whole.span()
	out.NotEnforced = c.masked && at.whole.find(0, "NOT", "ENFORCED") >= 0
	if len(out.Columns) == 0 && out.Kind != change.Check {
		out.Columns = []string{col.Name}
	}
	return out
}

func (c *converter) notNull(col *change.Column, con *pg.Constraint, at part) {
	col.NotNull, col.NotNullSpan = true, at.bare.span()
	if con.GetConname() == "" {
		return
	}
	col.Constraints = append(col.Constraints, change.Constraint{
		Span: at.whole.span(), Kind: change.NotNull, Name: con.GetConname(), Columns: []string{col.Name},
		ChecksNotNull: []string{col.Name}, NoInherit: c.masked && at.bare.find(0, "NO", "INHERIT") >= 0,
	})
}

// identity is how GENERATED .. AS IDENTITY is written.
func identity(when string) string {
	if when == "d" {
		return "BY DEFAULT"
	}
	return "ALWAYS"
}
