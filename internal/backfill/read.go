package backfill

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/token"
)

// readUpdate: UPDATE table SET .. FROM .. WHERE; in MySQL the joins stand before SET.
func (j *Job) readUpdate(c *cut) error {
	set, ok := c.at["SET"]
	if !ok {
		return mistake(0, "the UPDATE has no SET")
	}
	at, err := j.modifiers(c, c.at["UPDATE"]+1)
	if err != nil {
		return err
	}
	table, err := c.walked(at, c.first(0, append(joins(), "SET")...))
	if err != nil {
		return err
	}
	if err := c.refuse("SET", "RETURNING", "the rows that RETURNING gives have nobody to go to"); err != nil {
		return err
	}
	end := c.first(set, "FROM", "WHERE")
	for _, piece := range token.SplitCommas(c.src, c.toks[set+1:end]) {
		if err := j.ofTable(c, piece, table); err != nil {
			return err
		}
		j.Set = append(j.Set, c.assignment(piece))
	}
	from := c.first(set, "FROM")
	where := c.first(set, "WHERE")
	switch {
	case from < len(c.toks):
		j.From = ", " + c.text(from+1, where)
	case table.end < set:
		j.From = " " + c.text(table.end, set)
	}
	return j.place(c, table, where, len(c.toks))
}

// readDelete: DELETE FROM table USING .. WHERE; MySQL's with several tables names
// those that it deletes from before FROM, or before USING.
func (j *Job) readDelete(c *cut) error {
	named, err := j.modifiers(c, c.at["DELETE"]+1)
	if err != nil {
		return err
	}
	from, ok := c.at["FROM"]
	if !ok {
		return mistake(0, "the DELETE has no FROM")
	}
	using := c.first(from, "USING")
	if j.Dialect != "postgres" && using < len(c.toks) {
		named, from = from+1, using
	}
	table, err := c.walked(from+1, c.first(from+1, append(joins(), "USING", "WHERE")...))
	if err != nil {
		return err
	}
	if named < from && !c.calls(table, c.text(named, from)) {
		return mistake(c.start(named), "the DELETE is from %s and reads %s first: put the table whose rows go first", c.text(named, from), table.name.Text(c.src))
	}
	if err := c.refuse("DELETE", "RETURNING", "the rows that RETURNING gives have nobody to go to"); err != nil {
		return err
	}
	where := c.first(from, "WHERE")
	if using < where && using > from {
		j.From = ", " + c.text(using+1, where)
	} else if table.end < where {
		j.From = " " + c.text(table.end, where)
	}
	return j.place(c, table, where, len(c.toks))
}

// calls says whether a name is what the statement calls a table.
func (c *cut) calls(table source, name string) bool {
	called := table.alias
	if called == "" {
		called = table.parts[len(table.parts)-1]
	}
	return strings.EqualFold(bare(called), lastOf(name))
}

// modifiers steps over what MySQL has between the statement's name and its table.
// IGNORE makes warnings of errors, and rows are lost.
func (j *Job) modifiers(c *cut, at int) (int, error) {
	for ; j.Dialect != "postgres" && c.isOneOf(at, "LOW_PRIORITY", "QUICK", "HIGH_PRIORITY", "IGNORE") && (c.isName(at+1) || c.isWord(at+1, "FROM")); at++ {
		if c.isWord(at, "IGNORE") {
			return at, mistake(c.start(at), "the statement has IGNORE: rows that cannot be changed would be lost without a word")
		}
	}
	return at, nil
}

// ofTable: MySQL's UPDATE with a join may set columns of each table; a row of
// another one could be changed by several batches.
func (j *Job) ofTable(c *cut, assignment []token.Token, table source) error {
	if j.Dialect == "postgres" || len(assignment) < 3 || !assignment[1].IsPunct(c.src, ".") {
		return nil
	}
	eq := slices.IndexFunc(assignment, func(t token.Token) bool { return t.IsPunct(c.src, "=") })
	if eq < 3 {
		return nil
	}
	if name := span(assignment[:eq-2]).Text(c.src); !c.calls(table, name) {
		return mistake(assignment[0].Span.Start, "the UPDATE sets a column of %s and reads %s first: put the table that is changed first", name, table.name.Text(c.src))
	}
	return nil
}

// refuse refuses a clause behind another.
func (c *cut) refuse(behind, word, why string) error {
	if at, ok := c.at[word]; ok && at > c.first(0, behind) {
		return mistake(c.start(at), "the statement has %s: %s", word, why)
	}
	return nil
}

func (c *cut) assignment(piece []token.Token) Assignment {
	if len(piece) < 3 {
		return Assignment{Value: span(piece).Text(c.src)}
	}
	eq := 1
	for eq+1 < len(piece) && !piece[eq].IsPunct(c.src, "=") {
		eq++
	}
	column := piece[eq-1].Span.Text(c.src)
	if piece[0].IsPunct(c.src, "(") {
		column = ""
	}
	value := span(piece[eq+1:]).Text(c.src)
	if strings.EqualFold(value, "DEFAULT") {
		value = ""
	}
	return Assignment{Column: bare(column), Value: value}
}

// place cuts the statement where the range goes: at its mark, or behind its WHERE.
func (j *Job) place(c *cut, table source, where, tail int) error {
	j.Alias, j.name, j.only, j.parts = table.alias, table.name, table.only, table.parts
	j.last = table.last
	j.hinted = j.Kind != Delete || j.From != ""
	j.head = string(c.src[:c.end(table.end)])
	if err := c.refuseOuter(); err != nil {
		return err
	}
	behind := len(j.head)
	if where < tail {
		j.Where = c.text(where+1, tail)
	}
	switch {
	case c.marks > 1:
		return mistake(c.mark.Start, "the place of the range is marked %d times", c.marks)
	case c.mark.End > 0:
		if c.mark.Start < behind {
			return mistake(c.mark.Start, "the place of the range, %q, stands before the table", c.mark.Text(c.src))
		}
		j.tail, j.word, j.rest = string(c.src[behind:c.mark.Start]), "", string(c.src[c.mark.End:])
		j.Where = strings.Replace(j.Where, c.mark.Text(c.src), "true", 1)
	case where < tail:
		j.tail = string(c.src[behind:c.start(where+1)]) + "(" + j.Where + ")"
		j.word = " AND "
		j.rest = string(c.src[c.end(tail):])
	default:
		j.tail, j.word, j.rest = string(c.src[behind:c.end(tail)]), " WHERE ", string(c.src[c.end(tail):])
	}
	return nil
}
