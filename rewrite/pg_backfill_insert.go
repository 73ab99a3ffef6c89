package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// insertJob is an INSERT .. SELECT along the key of the table that it reads. A row
// that is there already, by a unique key that the statement fills, is done.
func insertJob(c *Case, op *change.Insert) (Result, error) {
	text := c.Source(c.Stmt.Span)
	k := c.keywordsOf(text, "INSERT", "SELECT", "FROM", "WHERE", "ON", "RETURNING", "DISTINCT", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "JOIN", "FOR")
	if !op.Select {
		return Result{}, Refuse("only INSERT .. SELECT can be done in batches")
	}
	if err := c.refuseShape(&k, "INSERT"); err != nil {
		return Result{}, err
	}
	source, err := c.oneSource(&k, op)
	if err != nil {
		return Result{}, err
	}
	key, err := backfillKey(c, source)
	if err != nil {
		return Result{}, err
	}
	conflict, err := c.conflict(&k, op)
	if err != nil {
		return Result{}, err
	}
	end := k.first("WHERE", "ON")
	sql := k.text(0, end) + " WHERE "
	tail := k.first("ON")
	if at, filtered := k.at["WHERE"]; filtered {
		sql += "(" + k.text(at+1, tail) + ") AND "
	}
	b := &Backfill{Table: c.State.Resolve(source), Key: key, SQL: sql + BatchMark + conflict}
	shown := c.Text.QuoteName(source)
	return Result{
		Clause: TakenOut(), Owns: []string{op.Table.Name}, Reads: names(op.Sources), After: []Step{c.job("fill "+c.Table()+" from "+shown+" in batches", b)},
		Notes: []string{"The job reads the rows of " + shown + " that are there when it comes to them. A row whose key " + c.Table() + " has already is left as it is, so that the job may be interrupted."},
	}, nil
}

// oneSource is the one table that a plain SELECT reads row by row.
func (c *Case) oneSource(k *keywords, op *change.Insert) (change.Name, error) {
	for _, w := range []string{"DISTINCT", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "JOIN", "FOR"} {
		if k.has(w) {
			return change.Name{}, Refuse("the SELECT has %s, so that a batch of rows does not give a batch of results: split the statement by hand", w)
		}
	}
	from, ok := k.at["FROM"]
	end := k.first("WHERE", "ON")
	if !ok || len(op.Sources) == 0 || k.toks[from+1].IsPunct(k.src, "(") || len(token.SplitCommas(k.src, k.toks[from+1:end])) != 1 {
		return change.Name{}, Refuse("the SELECT does not read one table, along whose key it could go in batches: split the statement by hand")
	}
	words := wordsOf(k.text(k.at["SELECT"], from))
	for _, aggregate := range []string{"count", "sum", "min", "max", "avg", "array_agg", "string_agg", "json_agg", "jsonb_agg", "bool_or", "bool_and", "every", "over"} {
		if words[aggregate] {
			return change.Name{}, Refuse("the SELECT gathers rows (%s), so that a batch of rows does not give a batch of results: split the statement by hand", aggregate)
		}
	}
	name := k.text(from+1, end)
	for _, n := range op.Sources {
		if identifier(lastPart(k, from+1, end)) == n.Name {
			return n, nil
		}
	}
	return change.Name{}, Refuse("it is not known which table %s is", oneLine(name))
}

// lastPart is a table's name without its schema.
func lastPart(k *keywords, from, end int) string {
	if from < end && k.toks[from].Is(k.src, "ONLY") {
		from++
	}
	for from+2 < end && k.toks[from+1].IsPunct(k.src, ".") {
		from += 2
	}
	return k.text(from, from+1)
}

// conflict is the clause that makes the statement one that may run again.
func (c *Case) conflict(k *keywords, op *change.Insert) (string, error) {
	if at, has := k.at["ON"]; has {
		return " " + k.text(at, len(k.toks)), nil
	}
	t := c.State.Table(op.Table)
	if t == nil || len(op.Columns) == 0 {
		return "", Refuse("the INSERT names no columns, or %s is not known: whether a row is there already cannot be told", c.Table())
	}
	values := token.SplitCommas(k.src, k.toks[k.at["SELECT"]+1:k.at["FROM"]])
	for _, con := range t.Constraints {
		if (con.Kind == change.PrimaryKey || con.Kind == change.Unique) && c.filledBy(con, op, values, k) {
			quoted := make([]string, 0, len(con.Columns))
			for _, n := range con.Columns {
				quoted = append(quoted, c.Q(n))
			}
			return " ON CONFLICT (" + strings.Join(quoted, ", ") + ") DO NOTHING", nil
		}
	}
	return "", Refuse("no key of %s is filled from the columns of the rows that are read: a job that is interrupted could not tell the rows that are done", c.Table())
}

// filledBy says whether each column of a key gets a column of the source.
func (c *Case) filledBy(key *schema.Constraint, op *change.Insert, values [][]tokenOf, k *keywords) bool {
	return len(key.Columns) > 0 && !slices.ContainsFunc(key.Columns, func(n string) bool {
		i := slices.Index(op.Columns, n)
		if i < 0 || i >= len(values) {
			return true
		}
		plain := len(values[i]) == 1 || len(values[i]) == 3 && values[i][1].IsPunct(k.src, ".")
		return !plain || values[i][0].Kind != token.Word && values[i][0].Kind != token.Quoted
	})
}
