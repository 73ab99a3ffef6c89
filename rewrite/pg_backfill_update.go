package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// updateJob is an UPDATE as a job: its own SET and WHERE, and what tells the rows
// that are not done yet.
func updateJob(c *Case, op *change.Update) (Result, error) {
	text := c.Source(c.Stmt.Span)
	k := c.keywordsOf(text, "UPDATE", "SET", "FROM", "WHERE", "RETURNING")
	if err := c.refuseShape(&k, "UPDATE"); err != nil {
		return Result{}, err
	}
	set := k.at["SET"]
	key, err := backfillKey(c, op.Table)
	if err != nil {
		return Result{}, err
	}
	setEnd := k.first("FROM", "WHERE", "RETURNING")
	assigned, err := c.assignments(&k, set+1, setEnd)
	if err != nil {
		return Result{}, err
	}
	where := ""
	if op.Where != nil && !op.Always {
		where = c.Source(op.Where.Span)
	}
	owed, err := c.owed(assigned, where)
	if err != nil {
		return Result{}, err
	}
	b := &Backfill{Table: c.State.Resolve(op.Table), Key: key, Set: k.text(set+1, setEnd), Where: owed}
	alias, only := k.alias(k.at["UPDATE"]+1, set)
	if _, joins := k.at["FROM"]; joins || only || alias != "" {
		end := k.first("WHERE", "RETURNING")
		b.SQL = k.text(0, end) + " WHERE (" + owed + ") AND " + BatchMark
	}
	for _, later := range c.laterOps() {
		if r, ok := later.(*change.RenameColumn); ok && c.State.Resolve(r.Table) == b.Table {
			return Result{}, RefuseWhole("the migration renames %s.%s after it has filled columns of the table, which takes a job that waits: put the rename into a migration of its own", c.Table(), c.Q(r.From))
		}
	}
	res := Result{Clause: TakenOut(), Owns: c.columnsNamed(text), Reads: names(op.Sources), After: []Step{c.job("change rows of "+c.Table()+" in batches: SET "+oneLine(b.Set), b, op.Columns...)}}
	res.Notes = []string{fmt.Sprintf("The job sets %s of the rows that are there when it comes to them. What the application writes there afterwards stays: a running version must write the new values by itself.", c.columnsOf(op.Columns))}
	return res, nil
}

func (c *Case) columnsOf(columns []string) string {
	out := make([]string, 0, len(columns))
	for _, n := range columns {
		out = append(out, c.Table()+"."+c.Q(n))
	}
	return strings.Join(out, ", ")
}

// columnsNamed are the columns of the table whose names are in a text.
func (c *Case) columnsNamed(text string) []string {
	var out []string
	words := wordsOf(text)
	if t := c.State.Table(c.Op.Head().Table); t != nil {
		for _, column := range t.Columns {
			if words[strings.ToLower(column.Name)] {
				out = append(out, column.Name)
			}
		}
	}
	return out
}

func names(tables []change.Name) []string {
	out := make([]string, 0, len(tables))
	for _, n := range tables {
		out = append(out, n.Name)
	}
	return out
}

// refuseShape refuses statements that do more than to change rows of one table.
func (c *Case) refuseShape(k *keywords, verb string) error {
	switch {
	case len(c.Stmt.Ops) > 1 || len(k.toks) == 0 || !k.toks[0].Is(k.src, verb):
		return Refuse("the %s has a WITH clause, which would be read anew for each batch: write it as a join or a subquery", verb)
	case k.has("RETURNING"):
		return Refuse("the %s returns rows, which a job has nobody to return to", verb)
	}
	return nil
}

func (k *keywords) has(word string) bool {
	_, ok := k.at[word]
	return ok
}

// assignment is column = value of a SET list.
type assignment struct {
	column string
	value  string
	toks   []tokenOf // of the value
	src    []byte
	reads  *change.Expr // nil for DEFAULT
}

// assignments reads a SET list.
func (c *Case) assignments(k *keywords, from, to int) ([]assignment, error) {
	var out []assignment
	for _, piece := range token.SplitCommas(k.src, k.toks[from:to]) {
		if len(piece) < 3 || !piece[1].IsPunct(k.src, "=") {
			return nil, Refuse("%s is not of the form column = value: write one assignment for each column", oneLine(token.SpanOf(piece).Text(k.src)))
		}
		a := assignment{column: identifier(piece[0].Span.Text(k.src)), value: token.SpanOf(piece[2:]).Text(k.src), toks: piece[2:], src: k.src}
		if byDefault := len(a.toks) == 1 && a.toks[0].Is(k.src, "DEFAULT"); !byDefault {
			script, err := c.parsed([]string{"DELETE FROM " + c.Table() + " WHERE (" + a.value + ") IS NULL"})
			if err != nil {
				return nil, Refuse("the value of %s could not be read by itself: %s", c.Q(a.column), oneLine(a.value))
			}
			if del, ok := script.Stmts[0].Ops[0].(*change.Delete); ok {
				a.reads = del.Where
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// deleteJob is a DELETE as a job: the rows that are gone are those that are done.
func deleteJob(c *Case, op *change.Delete) (Result, error) {
	text := c.Source(c.Stmt.Span)
	k := c.keywordsOf(text, "DELETE", "USING", "WHERE", "RETURNING")
	if err := c.refuseShape(&k, "DELETE"); err != nil {
		return Result{}, err
	}
	key, err := backfillKey(c, op.Table)
	if err != nil {
		return Result{}, err
	}
	where, all := "", op.Where == nil || op.Always
	if !all {
		where = c.Source(op.Where.Span)
	}
	end := k.first("WHERE", "RETURNING")
	b := &Backfill{Table: c.State.Resolve(op.Table), Key: key, Where: "true", SQL: k.text(0, end) + " WHERE " + BatchMark}
	if !all {
		b.Where, b.SQL = where, k.text(0, end)+" WHERE ("+where+") AND "+BatchMark
	}
	res := Result{Clause: TakenOut(), Owns: []string{op.Table.Name}, Reads: names(op.Sources), After: []Step{c.job("delete rows of "+c.Table()+" in batches", b)}}
	if all {
		limit, lock := "lock_timeout", "ACCESS EXCLUSIVE"
		if c.commitsDDL() {
			limit, lock = "lock_wait_timeout", "the table's metadata lock"
		}
		res.Notes = []string{fmt.Sprintf("If nobody needs a row of %[1]s, nor writes new ones, TRUNCATE %[1]s with a short %[2]s is quicker: it needs %[3]s for a moment, and no foreign key may point to %[1]s.", c.Table(), limit, lock)}
	}
	return res, nil
}
