package backfill

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// readInsert: INSERT INTO target SELECT .. FROM table WHERE .. ON CONFLICT. A row of
// the table must give its rows of the target by itself.
func (j *Job) readInsert(op *change.Insert, h heading, c *cut) error {
	if !op.Select {
		return mistake(0, "only INSERT .. SELECT can be done in batches: this INSERT has its rows in itself")
	}
	if op.Replace {
		return mistake(0, "REPLACE deletes rows and inserts others, which foreign keys and triggers see: use INSERT .. ON DUPLICATE KEY UPDATE")
	}
	if _, err := j.modifiers(c, 1); err != nil {
		return err
	}
	if err := c.refuse("SELECT", "RETURNING", "the rows that RETURNING gives have nobody to go to"); err != nil {
		return err
	}
	if err := c.rowByRow(); err != nil {
		return err
	}
	from := c.first(c.first(0, "SELECT"), "FROM")
	if from == len(c.toks) {
		return mistake(0, "the SELECT reads no table, along whose key it could go in batches")
	}
	tail := c.first(from, "ON", "FOR", "LOCK")
	where := min(c.first(from, "WHERE"), tail) // that of DO UPDATE is another one
	table, err := c.walked(from+1, c.first(from, append(joins(), "WHERE", "ON", "FOR", "LOCK")...))
	if err != nil {
		return err
	}
	if len(h.table) > 0 && !strings.EqualFold(lastOf(h.table), table.parts[len(table.parts)-1]) {
		return mistake(table.name.Start, "the heading says table=%s, the SELECT reads %s first: put the table whose key is walked first", h.table, table.name.Text(c.src))
	}
	j.Table = change.Name{Name: table.parts[len(table.parts)-1]}
	if len(table.parts) > 1 {
		j.Table.Schema = table.parts[len(table.parts)-2]
	}
	j.From = " " + c.text(table.end, where)
	return j.place(c, table, where, tail)
}

// rowByRow refuses what makes a result of several rows: a batch of rows would not
// give a batch of results.
func (c *cut) rowByRow() error {
	for _, w := range []string{"DISTINCT", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "EXCEPT", "INTERSECT", "WINDOW"} {
		if err := c.refuse("SELECT", w, "a batch of rows would not give a batch of results"); err != nil {
			return err
		}
	}
	from := c.first(c.first(0, "SELECT"), "FROM")
	for i := c.first(0, "SELECT"); i < from; i++ {
		if c.isPunct(i, "(") && c.isWord(i+1, "SELECT") {
			i = c.closing(i) // a subquery's own affair
		}
		if c.isPunct(i+1, "(") && c.isOneOf(i, aggregates()...) {
			return mistake(c.start(i), "the statement has %s(): a batch of rows would not give a batch of results", c.text(i, i+1))
		}
	}
	return nil
}

// aggregates are the functions that make one row of many, and OVER, which looks at others.
func aggregates() []string {
	return []string{
		"OVER", "COUNT", "SUM", "MIN", "MAX", "AVG", "STRING_AGG", "ARRAY_AGG", "JSON_AGG", "JSONB_AGG", "JSON_OBJECT_AGG", "JSONB_OBJECT_AGG",
		"BOOL_AND", "BOOL_OR", "EVERY", "BIT_AND", "BIT_OR", "BIT_XOR", "GROUP_CONCAT", "JSON_ARRAYAGG", "JSON_OBJECTAGG",
		"STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP",
	}
}

// closing is the place of the bracket that closes the one at i.
func (c *cut) closing(i int) int {
	depth := 0
	for ; i < len(c.toks); i++ {
		switch {
		case c.isPunct(i, "("):
			depth++
		case c.isPunct(i, ")"):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i
}

func (c *cut) isPunct(i int, p string) bool {
	return i >= 0 && i < len(c.toks) && c.toks[i].IsPunct(c.src, p)
}

func (c *cut) isOneOf(i int, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return i >= 0 && c.isWord(i, w) })
}

// walked is the table whose key is walked along. A comma joins another: its rows
// are found for each of the first one's.
func (c *cut) walked(from, to int) (source, error) {
	if pieces := token.SplitCommas(c.src, c.toks[from:to]); len(pieces) > 1 {
		to = from + len(pieces[0])
	}
	s, ok := c.sourceAt(from, to)
	if !ok || s.end != to || c.isOneOf(s.end-1, "PARTITION", "FORCE", "USE", "IGNORE", "TABLESAMPLE") {
		return s, mistake(c.start(from), "%q is no table whose key could be walked along", c.text(from, to))
	}
	return s, nil
}

// joins are the words that a join begins with.
func joins() []string {
	return []string{"JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "STRAIGHT_JOIN"}
}

// refuseOuter refuses joins that give rows which the table that is walked does not have.
func (c *cut) refuseOuter() error {
	for i := range c.toks {
		if c.isOneOf(i, "RIGHT", "FULL") && c.isOneOf(i+1, "JOIN", "OUTER") {
			return mistake(c.start(i), "the statement has a %s JOIN: no batch would have the rows that only the other table has", strings.ToUpper(c.text(i, i+1)))
		}
	}
	return nil
}
