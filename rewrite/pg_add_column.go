package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// newColumn is a column that is added without what would scan or rewrite its table.
type newColumn struct {
	c     *Case
	op    *change.AddColumn
	col   *change.Column
	table string // as the migration writes it
	name  string // quoted

	cut     []cutting     // what goes elsewhere
	clauses []string      // more clauses of the same ALTER TABLE
	state   *schema.State // with the names that the statement's earlier clauses take
	res     Result
	// add, check and finish are the steps that follow: constraints that hold for new
	// rows, what looks at the old rows, and what is left then.
	add, check, finish []Step
	// gate is what the steps behind the backfill, or a new version of the
	// application, wait for; phase is theirs.
	gate  *Gate
	phase Phase
}

// cutting is a piece of the definition and what stands there instead.
type cutting struct {
	span change.Span
	text string
}

func buildAddColumn(c *Case, op *change.AddColumn) (Result, error) {
	n := &newColumn{c: c, op: op, col: &op.Column, table: c.Table(), name: c.Q(op.Column.Name), state: afterEarlier(c.Script, c.State, c.Siblings, op), phase: Expand}
	if err := n.refuse(); err != nil {
		return Result{}, err
	}
	if err := n.values(); err != nil {
		return Result{}, err
	}
	if err := n.constraints(); err != nil {
		return Result{}, err
	}
	head := c.Source(change.Span{Start: op.Span.Start, End: op.Column.Span.Start})
	if op.IfNotExists {
		head = "ADD COLUMN "
	}
	n.res.After = slices.Concat(n.res.After, n.add, n.check, n.finish)
	clauses := append([]string{head + n.text()}, n.clauses...)
	n.res.Clause = Replace(strings.Join(clauses, ", "))
	n.res.Owns, n.res.There = append(n.res.Owns, op.Column.Name), true
	return n.res, nil
}

// refuse is why the column has no plan.
func (n *newColumn) refuse() error {
	t := n.c.State.Table(n.op.Table)
	switch {
	case n.op.IfNotExists && (t == nil || !t.Complete):
		return Refuse("IF NOT EXISTS: whether %s has a column %s already is not known, nor what the plan would do to it. Leave out IF NOT EXISTS, or give the schema (--schema, --dsn)", n.table, n.name)
	case n.op.IfNotExists && t.Column(n.col.Name) != nil:
		return Refuse("%s has a column %s already: ADD COLUMN IF NOT EXISTS does nothing", n.table, n.name)
	case n.col.Generated != nil && n.col.Generated.Stored:
		return n.refuseStored()
	case n.does("add-column-constrained-domain"):
		return Refuse("a column of %s, a domain with constraints, cannot be added without a rewrite of %s: every row is checked anew whatever its value. Give the column the domain's base type, and the domain's rule in a CHECK on %s, which a plan adds NOT VALID and validates later",
			n.c.Source(n.col.Type.Span), n.table, n.table)
	case n.onlyOne():
		return Refuse("every row of %s gets the same %s, so that UNIQUE fails as soon as there are two: leave out the default, fill the rows with different values, then add the constraint", n.table, n.name)
	}
	return nil
}

// refuseStored: no ALTER TABLE makes an ordinary column a generated one.
// https://www.postgresql.org/docs/current/ddl-generated-columns.html
func (n *newColumn) refuseStored() error {
	advice := "Add"
	if n.c.Has("virtual-column") {
		advice = "VIRTUAL instead of STORED adds it without touching a row; or add"
	}
	return Refuse("a stored generated column cannot be added to %s without a rewrite, and no column can become one later. %s an ordinary column %s, keep it by a BEFORE INSERT OR UPDATE trigger that sets NEW.%s := %s, and fill the rows that are there in batches",
		n.table, advice, n.name, n.name, n.c.Source(n.col.Generated.Expr.Span))
}

// onlyOne says whether a key would be over one value for all rows.
func (n *newColumn) onlyOne() bool {
	d := n.col.Default
	return n.col.Inline(change.Unique) != nil && d != nil && !d.Null && !n.volatile()
}

// does says whether a fact holds for the column.
func (n *newColumn) does(facts ...string) bool {
	one := *n.c.Stmt
	one.Ops = []change.Op{n.op}
	rows := n.c.Facts.Statement(&one, n.c.State, n.c.Target).Rows
	return slices.ContainsFunc(facts, func(f string) bool { return slices.Contains(rows, f) })
}

// volatile says whether the default may be another value for each row.
func (n *newColumn) volatile() bool {
	return n.does("add-column-volatile-default", "add-column-unknown-default")
}

// text is what is left of the column's definition.
func (n *newColumn) text() string {
	slices.SortFunc(n.cut, func(a, b cutting) int { return a.span.Start - b.span.Start })
	var out strings.Builder
	from := n.col.Span.Start
	for _, c := range n.cut {
		if c.span.Start < from {
			continue
		}
		keep := n.c.Source(change.Span{Start: from, End: c.span.Start})
		if c.text == "" {
			keep = strings.TrimRight(keep, " \t\r\n")
		}
		out.WriteString(keep + c.text)
		from = c.span.End
	}
	out.WriteString(n.c.Source(change.Span{Start: from, End: n.col.Span.End}))
	return out.String()
}

func (n *newColumn) remove(s change.Span) { n.cut = append(n.cut, cutting{span: s}) }

// removeFrom takes out a piece from its first word on.
func (n *newColumn) removeFrom(word string, end int) {
	text := n.c.Source(change.Span{Start: n.col.Span.Start, End: end})
	src, toks := []byte(text), n.c.Text.Tokens(text)
	for i, t := range slices.Backward(toks) {
		if !t.Is(src, word) {
			continue
		}
		if i > 1 && toks[i-2].Is(src, "CONSTRAINT") {
			t = toks[i-2]
		}
		n.remove(change.Span{Start: n.col.Span.Start + t.Span.Start, End: end})
		return
	}
}
