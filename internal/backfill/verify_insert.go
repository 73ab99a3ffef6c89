package backfill

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/token"
)

// insertPlan is what an INSERT .. SELECT gives, and where it should be found: the
// rows of its SELECT are joined with those of the target by a key that it fills.
type insertPlan struct {
	target  string // as it is written
	columns []tableColumn
	list    string // of the SELECT
	key     []int  // of columns
	renewed []int  // columns that a row that is there already is given anew
	left    []int  // those that it keeps
}

// insertText is an INSERT's text in parts.
type insertText struct {
	target   string
	columns  []string // empty: those of the table
	list     string
	items    []string // of the list; nil where it has a star
	conflict []string // the columns of ON CONFLICT
	renewed  words    // of DO UPDATE, ON DUPLICATE KEY UPDATE
}

func readInsertText(sql string, d *dialect.Dialect) (insertText, bool) {
	c := newCut(sql, d.Target)
	at, from := c.first(0, "SELECT"), c.first(c.first(0, "SELECT"), "FROM")
	i := c.first(0, "INSERT") + 1
	for _, w := range []string{"LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "IGNORE", "INTO"} {
		if c.isWord(i, w) {
			i++
		}
	}
	s, ok := c.sourceAt(i, at)
	if !ok || from >= len(c.toks) {
		return insertText{}, false
	}
	t := insertText{target: s.name.Text(c.src), list: c.text(at+1, from)}
	if s.end < at && c.toks[s.end].IsPunct(c.src, "(") {
		for _, piece := range token.SplitCommas(c.src, c.toks[s.end+1:at-1]) {
			t.columns = append(t.columns, bare(span(piece).Text(c.src)))
		}
	}
	t.readItems(c, at+1, from)
	t.readConflict(c, d)
	return t, true
}

func (t *insertText) readItems(c *cut, from, to int) {
	for _, piece := range token.SplitCommas(c.src, c.toks[from:to]) {
		if len(piece) == 0 || piece[len(piece)-1].IsPunct(c.src, "*") {
			t.items = nil
			return
		}
		t.items = append(t.items, span(piece).Text(c.src))
	}
}

// readConflict reads ON CONFLICT (a, b) DO UPDATE SET .., ON DUPLICATE KEY UPDATE ..
func (t *insertText) readConflict(c *cut, d *dialect.Dialect) {
	on, ok := c.at["ON"]
	if !ok {
		return
	}
	i := on + 2
	if i < len(c.toks) && c.toks[i].IsPunct(c.src, "(") {
		for i++; i < len(c.toks) && !c.toks[i].IsPunct(c.src, ")"); i++ {
			if c.isName(i) {
				t.conflict = append(t.conflict, bare(c.toks[i].Span.Text(c.src)))
			}
		}
	}
	for ; i < len(c.toks); i++ {
		if c.isWord(i, "UPDATE") {
			t.renewed = newWords(c.text(i+1, len(c.toks)), d.Target)
			return
		}
	}
}

// drawInsert: without a key of the target that the statement fills, rows cannot be
// told apart.
func (c *verification) drawInsert(ctx context.Context, d *dialect.Dialect) (plan, error) {
	t, ok := readInsertText(c.job.SQL, d)
	if !ok {
		return plan{unverifiable: "which table the statement fills is not understood"}, nil
	}
	target, err := Read("", "DELETE FROM "+t.target, d)
	if err != nil {
		return plan{}, err
	}
	target.Key = t.conflict
	table, err := c.flavour.describe(ctx, c.conn, target)
	if ctx.Err() != nil {
		return plan{}, err
	}
	if err != nil {
		return plan{unverifiable: err.Error()}, nil //nolint:nilerr // the report says that nobody can verify it, and why
	}
	all, err := c.columns(ctx, table)
	if err != nil {
		return plan{}, err
	}
	p := &insertPlan{target: t.target, list: t.list, columns: t.filled(all)}
	for _, k := range table.Key {
		at := slices.IndexFunc(p.columns, func(f tableColumn) bool { return strings.EqualFold(f.name, k.Name) })
		if at < 0 {
			return plan{unverifiable: fmt.Sprintf("the statement does not fill the key of %s (%s): which row of it belongs to which cannot be told", table.Name, keyNames([]key{{columns: table.Key}}))}, nil
		}
		p.key = append(p.key, at)
	}
	out := plan{insert: p}
	return out, c.drawValues(ctx, &out, t, d)
}

// filled are the target's columns in the order of the SELECT list.
func (t *insertText) filled(all []tableColumn) (out []tableColumn) {
	if len(t.columns) == 0 {
		if t.items == nil {
			return all
		}
		return all[:min(len(all), len(t.items))]
	}
	for _, n := range t.columns {
		if k, ok := find(all, n); ok {
			out = append(out, k)
		}
	}
	return out
}

// drawValues sorts the columns by whether the statement would mend a row that has
// another value.
func (c *verification) drawValues(ctx context.Context, out *plan, t insertText, d *dialect.Dialect) error {
	p := out.insert
	for i, k := range p.columns {
		if slices.Contains(p.key, i) {
			continue
		}
		lasts := true
		if i < len(t.items) {
			var err error
			if lasts, err = c.lasting(ctx, newWords(t.items[i], d.Target)); err != nil {
				return err
			}
		}
		switch {
		case !lasts:
			out.skipped = append(out.skipped, k.name)
		case t.renewed.has(k.name):
			p.renewed = append(p.renewed, i)
		default:
			p.left = append(p.left, i)
		}
	}
	return nil
}

// insertRows joins what the SELECT gives for a range with the target's rows. r0..
// are the walked key's values.
func (c *verification) insertRows(table, called, cond string) string {
	p := c.plan.insert
	var names, raw, keys, r []string
	for i := range p.columns {
		names = append(names, "c"+strconv.Itoa(i))
	}
	for i, k := range c.table.Key {
		raw, r = append(raw, called+"."+c.flavour.quote(k.Name)), append(r, "r"+strconv.Itoa(i))
		keys = append(keys, "k"+strconv.Itoa(i))
	}
	names = append(append(names, r...), keys...)
	query := "SELECT " + p.list + ", " + strings.Join(raw, ", ") + ", " + keyTexts(c.flavour, c.table, called) +
		" FROM " + c.source(table) + c.job.tail + c.job.word + "(" + cond + ")"
	missing := "t." + c.flavour.quote(p.columns[p.key[0]].name) + " IS NULL"
	renewed, left := c.anyDiffers(p.renewed), c.anyDiffers(p.left)
	return "SELECT s." + strings.Join(append(slices.Clone(keys), r...), ", s.") +
		", CASE WHEN " + missing + " OR " + renewed + " THEN 1 ELSE 0 END AS owed" +
		", CASE WHEN " + missing + " OR " + renewed + " THEN 0 WHEN " + left + " THEN 1 ELSE 0 END AS differs" +
		" FROM " + c.derived(query, names) + c.matched()
}

// matched joins the target's rows, each found by its key: PostgreSQL would read the
// whole of a big target for each range, if it was let.
func (c *verification) matched() string {
	if c.db.Dialect == "postgres" {
		return " LEFT JOIN LATERAL (SELECT * FROM " + c.plan.insert.target + " x WHERE " + c.sameKey("x") + " OFFSET 0) t ON true"
	}
	return " LEFT JOIN " + c.plan.insert.target + " t ON " + c.sameKey("t")
}

// derived names the columns of a query. MariaDB takes no list of names, so that a
// first query without rows gives them.
func (c *verification) derived(query string, names []string) string {
	if c.db.Dialect == "postgres" {
		return "(" + query + ") AS s(" + strings.Join(names, ", ") + ")"
	}
	return "(SELECT NULL AS " + strings.Join(names, ", NULL AS ") + " FROM DUAL WHERE 1 = 0 UNION ALL " + query + ") AS s"
}

func (c *verification) anyDiffers(columns []int) string {
	if len(columns) == 0 {
		return "1 = 0"
	}
	var out []string
	for _, i := range columns {
		k := c.plan.insert.columns[i]
		out = append(out, c.differs(k, "t."+c.flavour.quote(k.name), "(s.c"+strconv.Itoa(i)+")"))
	}
	return "(" + strings.Join(out, " OR ") + ")"
}

func (c *verification) sameKey(called string) string {
	var out []string
	for _, i := range c.plan.insert.key {
		k := c.plan.insert.columns[i]
		value := "s.c" + strconv.Itoa(i)
		if c.db.Dialect == "postgres" {
			value += "::" + k.base
		}
		out = append(out, called+"."+c.flavour.quote(k.name)+" = "+value)
	}
	return strings.Join(out, " AND ")
}
