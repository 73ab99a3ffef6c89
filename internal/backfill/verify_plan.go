package backfill

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect"
)

// plan is what is compared.
type plan struct {
	unverifiable string   // why nothing can be
	skipped      []string // columns whose values cannot be computed again
	where        string   // holds for the rows that the statement is about
	other        string   // holds for a row that has another value than the statement gives; empty: that cannot be told
	marks        bool     // where ends with the change
	apart        bool     // rows beyond where are compared too
	insert       *insertPlan
}

// draw reads from the statement what can be compared.
func (c *verification) draw(ctx context.Context) (plan, error) {
	d, err := dialect.Open(c.db.Dialect, c.db.Version.String())
	if err != nil {
		return plan{}, err
	}
	switch c.job.Kind {
	case Insert:
		return c.drawInsert(ctx, d)
	case Delete:
		return plan{where: whereOf(c.job)}, nil
	}
	return c.drawUpdate(ctx, d)
}

func whereOf(j *Job) string {
	if j.Where == "" {
		return "1 = 1"
	}
	return j.Where
}

// drawUpdate: a row is owed for which the WHERE holds and the values are not there
// yet. Values that cannot be computed again are left to the WHERE, where it ends by
// them: seen IS NULL.
func (c *verification) drawUpdate(ctx context.Context, d *dialect.Dialect) (plan, error) {
	columns, err := c.columns(ctx, c.table)
	if err != nil {
		return plan{}, err
	}
	p := plan{where: whereOf(c.job)}
	words := newWords(c.job.Where, d.Target)
	var differ []string
	for _, a := range c.job.Set {
		p.marks = p.marks || words.has(a.Column)
		again, err := c.repeats(ctx, a, d)
		if err != nil {
			return plan{}, err
		}
		column, known := find(columns, a.Column)
		if !again || !known {
			p.skipped = append(p.skipped, a.Column)
			continue
		}
		differ = append(differ, c.differs(column, c.qualified(a.Column), "("+a.Value+")"))
	}
	switch {
	case len(p.skipped) > 0 && p.marks:
		return p, nil // the WHERE tells the rows that are done
	case len(differ) == 0:
		p.unverifiable = "the values of " + strings.Join(p.skipped, ", ") + " cannot be computed again, and the statement has no WHERE that ends with the change (" + p.skipped[0] + " IS NULL): a row that is done cannot be told from one that is not"
		return p, nil
	}
	p.other = "(" + strings.Join(differ, " OR ") + ")"
	p.apart = len(p.skipped) == 0 && c.job.From == "" && words.onlyOf(columns, c.named())
	return p, nil
}

// named are the columns that the SET list writes or reads: a WHERE on others picks
// rows, and says nothing of those that it leaves out.
func (c *verification) named() func(string) bool {
	var texts []string
	for _, a := range c.job.Set {
		texts = append(texts, a.Column, a.Value)
	}
	w := newWords(strings.Join(texts, " , "), dialectTarget(c.db))
	return func(column string) bool {
		return w.has(column) || slices.ContainsFunc(c.job.Set, func(a Assignment) bool { return strings.EqualFold(a.Column, column) })
	}
}

// qualified is a column of the walked table, in the statement.
func (c *verification) qualified(column string) string {
	if c.job.From == "" {
		return c.flavour.quote(column)
	}
	return c.job.Called() + "." + c.flavour.quote(column)
}

// rows is the query that gives each row of a range its marks: the columns k0.. are
// its key, owed and differs are 0 or 1.
func (c *verification) rows(p *Part, cond string) string {
	table, called := c.job.Naming(p)
	if c.plan.insert != nil {
		return c.insertRows(table, called, cond)
	}
	from := " FROM " + c.source(table)
	if c.job.From == "" {
		return "SELECT " + c.keys(called) + ", " + c.marks() + from + " WHERE " + cond
	}
	// A row that several others are joined to is done if it is as one of them says.
	mark := "1"
	if c.plan.other != "" {
		mark = "CASE WHEN " + c.plan.other + " THEN 1 ELSE 0 END"
	}
	return "SELECT " + c.keys(called) + ", MIN(" + mark + ") AS owed, 0 AS differs" + from + c.job.From +
		" WHERE (" + c.plan.where + ") AND (" + cond + ") GROUP BY " + strings.Join(c.keyColumns(called), ", ")
}

func (c *verification) marks() string {
	owed := "(" + c.plan.where + ")"
	if c.plan.other != "" {
		owed += " AND " + c.plan.other
	}
	out := "CASE WHEN " + owed + " THEN 1 ELSE 0 END AS owed, "
	if !c.plan.apart {
		return out + "0 AS differs"
	}
	return out + "CASE WHEN " + owed + " THEN 0 WHEN " + c.plan.other + " THEN 1 ELSE 0 END AS differs"
}

// source is the walked table as it stands in a FROM.
func (c *verification) source(table string) string {
	out := table + c.job.head[c.job.name.End:] + c.flavour.hint(c.table)
	if c.job.only {
		return "ONLY " + out
	}
	return out
}

// keys are the key's texts.
func (c *verification) keys(called string) string {
	out := make([]string, len(c.table.Key))
	for i, k := range c.table.Key {
		out[i] = c.flavour.keyText(k, called) + " AS k" + strconv.Itoa(i)
	}
	return strings.Join(out, ", ")
}

func (c *verification) keyColumns(called string) []string {
	out := make([]string, len(c.table.Key))
	for i, k := range c.table.Key {
		out[i] = called + "." + c.flavour.quote(k.Name)
	}
	return out
}
