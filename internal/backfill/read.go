package backfill

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// readUpdate: UPDATE table SET .. FROM .. WHERE; in MySQL the joins stand before SET.
func (j *Job) readUpdate(c *cut) error {
	set, ok := c.at["SET"]
	if !ok {
		return mistake(0, "the UPDATE has no SET")
	}
	table, err := c.walked(c.at["UPDATE"]+1, c.first(0, "SET", "JOIN", "INNER", "LEFT", "CROSS", "STRAIGHT_JOIN"))
	if err != nil {
		return err
	}
	if err := c.refuse("FROM", "RETURNING", "the rows that RETURNING gives have nobody to go to"); err != nil {
		return err
	}
	end := c.first(set, "FROM", "WHERE")
	for _, piece := range token.SplitCommas(c.src, c.toks[set+1:end]) {
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
// those that it deletes from before FROM.
func (j *Job) readDelete(c *cut) error {
	from, ok := c.at["FROM"]
	if !ok {
		return mistake(0, "the DELETE has no FROM")
	}
	table, err := c.walked(from+1, c.first(from, "USING", "WHERE", "JOIN", "INNER", "LEFT", "CROSS", "STRAIGHT_JOIN"))
	if err != nil {
		return err
	}
	if err := c.refuse("FROM", "RETURNING", "the rows that RETURNING gives have nobody to go to"); err != nil {
		return err
	}
	where := c.first(from, "WHERE")
	if using := c.first(from, "USING"); using < len(c.toks) {
		j.From = ", " + c.text(using+1, where)
	} else if table.end < where {
		j.From = " " + c.text(table.end, where)
	}
	return j.place(c, table, where, len(c.toks))
}

// readInsert: INSERT INTO target SELECT .. FROM table WHERE .. ON CONFLICT. A row of
// the table must give its rows of the target by itself.
func (j *Job) readInsert(op *change.Insert, h heading, c *cut) error {
	if !op.Select {
		return mistake(0, "only INSERT .. SELECT can be done in batches: this INSERT has its rows in itself")
	}
	if op.Replace {
		return mistake(0, "REPLACE deletes rows and inserts others, which foreign keys and triggers see: use INSERT .. ON DUPLICATE KEY UPDATE")
	}
	for _, w := range []string{"DISTINCT", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "FOR"} {
		if err := c.refuse("SELECT", w, "a batch of rows would not give a batch of results"); err != nil {
			return err
		}
	}
	from := c.first(c.first(0, "SELECT"), "FROM")
	if from == len(c.toks) {
		return mistake(0, "the SELECT reads no table, along whose key it could go in batches")
	}
	end := c.first(from, "WHERE", "ON", "RETURNING")
	table, err := c.walked(from+1, c.first(from, "WHERE", "ON", "JOIN", "INNER", "LEFT", "CROSS", "NATURAL", "STRAIGHT_JOIN", "RETURNING"))
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
	where := c.first(from, "WHERE")
	j.From = " " + c.text(table.end, min(where, end))
	if where == len(c.toks) {
		where = end
	}
	return j.place(c, table, where, c.first(where, "ON", "RETURNING"))
}

// walked is the table whose key is walked along. A comma joins another: its rows
// are found for each of the first one's.
func (c *cut) walked(from, to int) (source, error) {
	if pieces := token.SplitCommas(c.src, c.toks[from:to]); len(pieces) > 1 {
		to = from + len(pieces[0])
	}
	s, ok := c.sourceAt(from, to)
	if !ok {
		return s, mistake(c.start(from), "%q is no table whose key could be walked along", c.text(from, to))
	}
	return s, nil
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
	j.Alias, j.name, j.only = table.alias, table.name, table.only
	j.head = string(c.src[:c.end(table.end)])
	behind := len(j.head)
	if where < tail {
		j.Where = c.text(where+1, tail)
	}
	switch {
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

// lastOf is a written name without its schema and quotes.
func lastOf(name string) string {
	parts := strings.Split(name, ".")
	return bare(parts[len(parts)-1])
}

// readHeading reads the line "-- safemig:backfill table=NAME key=COLUMN,COLUMN",
// which stands above the statement. A job may have none: its key is then the
// primary key.
func readHeading(text string) (heading, error) {
	var h heading
	at := strings.Index(text, Mark)
	if at < 0 || strings.TrimSpace(lineBefore(text, at)) != "" {
		return h, nil
	}
	line, _, _ := strings.Cut(text[at+len(Mark):], "\n")
	for _, word := range splitOutside(strings.TrimRight(line, "\r"), ' ') {
		name, value, _ := strings.Cut(word, "=")
		switch {
		case word == "":
		case name == "table" && h.table == "" && value != "":
			h.table = value
		case name == "key" && h.key == nil && value != "":
			for _, k := range splitOutside(value, ',') {
				h.key = append(h.key, bare(k))
			}
		default:
			return h, mistake(at, "%q is neither table=NAME nor key=COLUMN,COLUMN", word)
		}
	}
	return h, nil
}

// Mark begins the line that says what a job is.
const Mark = "-- safemig:backfill"

func lineBefore(text string, at int) string {
	return text[strings.LastIndexByte(text[:at], '\n')+1 : at]
}

// splitOutside cuts at a byte that stands outside of double quotes.
func splitOutside(text string, at byte) []string {
	var out []string
	from, quoted := 0, false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == at && !quoted:
			out = append(out, text[from:i])
			from = i + 1
		}
	}
	return append(out, text[from:])
}
