package backfill

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// Kind is what a job's statement does.
type Kind string

// The kinds of jobs.
const (
	Update Kind = "update"
	Delete Kind = "delete"
	Insert Kind = "insert" // INSERT .. SELECT
)

// Job is a statement that is run in batches.
type Job struct {
	Name    string
	Dialect string
	Kind    Kind
	Table   change.Name // the table whose rows it walks along
	Target  change.Name // the table that it changes: Table, but for an INSERT
	Alias   string      // what the statement calls Table, as it is written; empty: its own name
	Key     []string    // the columns to walk along; empty: the primary key
	SQL     string      // the statement as a whole, without its semicolon
	// Set and Where are those of an UPDATE or DELETE of one table, and From what
	// it joins; they tell what verify compares.
	Set   []Assignment
	From  string
	Where string
	// Columns are those of Target that an UPDATE sets, or that an INSERT names, as
	// the server calls them.
	Columns []string

	head string // the statement up to the table that is walked, name and alias included
	tail string // what follows the name, up to the place of the range
	rest string // what follows the range
	word string // what joins the range to the statement: "WHERE" or "AND" or nothing
	name change.Span
	last string // the table's own name, as it is written
	only bool   // the statement says ONLY
	// parts are the table's name without quotes, its schema before it. hinted: the
	// statement takes a hint behind the table, which MySQL's DELETE from one does not.
	parts  []string
	hinted bool
}

// Assignment is a column of a SET list and its value.
type Assignment struct {
	Column string
	Value  string // empty: DEFAULT
}

// Mistake is what is wrong with a job's text, and where.
type Mistake struct {
	At     int // byte of the text
	Reason string
}

func (m *Mistake) Error() string { return m.Reason }

func mistake(at int, format string, args ...any) error {
	return &Mistake{At: at, Reason: fmt.Sprintf(format, args...)}
}

// Read reads a job: one statement, and above it the line that says what it is.
//
//	-- safemig:backfill table=public.users key=id
//	UPDATE public.users SET mail = email WHERE mail IS DISTINCT FROM email;
func Read(name, text string, d *dialect.Dialect) (*Job, error) {
	script := &change.Script{Path: name, Src: []byte(text), Raw: []byte(text), Section: change.Span{End: len(text)}}
	d.Parse(script)
	if len(script.Stmts) != 1 {
		return nil, mistake(0, "a job has one statement, this has %d", len(script.Stmts))
	}
	stmt := script.Stmts[0]
	if stmt.Err != nil {
		return nil, mistake(stmt.Span.Start, "the statement is not understood: %v", stmt.Err)
	}
	if len(stmt.Ops) > 1 && d.Target.Dialect != "postgres" {
		return nil, mistake(stmt.Span.Start, "the statement changes %d tables: only one's rows can be walked along", len(stmt.Ops))
	}
	if len(stmt.Ops) != 1 {
		return nil, mistake(stmt.Span.Start, "the statement has a WITH clause, which would be read anew for each batch: write it as a join or a subquery")
	}
	h, err := readHeading(text)
	if err != nil {
		return nil, err
	}
	j := &Job{Name: name, Dialect: d.Target.Dialect, Key: h.key, SQL: stmt.Span.Text(script.Src)}
	c := newCut(j.SQL, d.Target)
	if err := j.read(stmt.Ops[0], h, c); err != nil {
		var m *Mistake
		if errors.As(err, &m) {
			m.At += stmt.Span.Start
		}
		return nil, err
	}
	return j, nil
}

func (j *Job) read(op change.Op, h heading, c *cut) error {
	switch op := op.(type) {
	case *change.Update:
		j.Kind, j.Table, j.Target, j.Columns = Update, op.Table, op.Table, op.Columns
		if op.Limit {
			return mistake(0, "the UPDATE has ORDER BY or LIMIT: which rows it means would change with each batch")
		}
		return j.readUpdate(c)
	case *change.Delete:
		j.Kind, j.Table, j.Target = Delete, op.Table, op.Table
		if op.Limit {
			return mistake(0, "the DELETE has ORDER BY or LIMIT: which rows it means would change with each batch")
		}
		return j.readDelete(c)
	case *change.Insert:
		j.Kind, j.Target, j.Columns = Insert, op.Table, op.Columns
		return j.readInsert(op, h, c)
	}
	return mistake(0, "only UPDATE, DELETE and INSERT .. SELECT can be done in batches")
}

// Hash identifies the work: another statement or key is another job.
func (j *Job) Hash() string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{j.Dialect, j.SQL}, j.Key...), "\x00")))
	return hex.EncodeToString(sum[:])
}

// Called is what the statement calls the table whose rows it walks along.
func (j *Job) Called() string {
	if j.Alias != "" {
		return j.Alias
	}
	return j.Written()
}

// Statement is the statement for the rows of one range. table stands in the place
// of the table's name, as a partition's own does; hint behind its alias, where
// MySQL has FORCE INDEX.
func (j *Job) Statement(table, hint, condition string) string {
	text := j.head[:j.name.Start] + table + j.head[j.name.End:] + hint + j.tail
	return text + j.word + "(" + condition + ")" + j.rest
}

// Naming is how a part stands in the statement, and what the statement calls it:
// a partition of PostgreSQL's, a table itself, answers to the name of its table.
func (j *Job) Naming(p *Part) (table, called string) {
	if p.Name == j.Written() || j.Alias != "" || j.Dialect != "postgres" {
		return p.Name, j.Called()
	}
	return p.Name + " AS " + j.last, j.last
}

// Written is the table's name as the statement has it.
func (j *Job) Written() string { return j.name.Text([]byte(j.head)) }

// heading is what the first line says.
type heading struct {
	table string
	key   []string
}

// isMark says whether a comment is the one that marks the range's place.
func isMark(text string) bool {
	return strings.TrimSpace(strings.Trim(text, "/*")) == "safemig:batch"
}

// span is the bytes from one token to the last before another.
func span(toks []token.Token) change.Span { return token.SpanOf(toks) }
