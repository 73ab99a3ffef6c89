// Package synth makes rows for the tables of a database: of the right types, and such
// as its keys, foreign keys, checks and NOT NULL allow. What it cannot make it says.
package synth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// Options say how many rows are made.
type Options struct {
	Rows int64 // for each table
	// Tables get rows, and those that they refer to; all where there are none.
	Tables []change.Name
	// Coming are constraints that the rows are to satisfy although nothing asks for it yet.
	Coming []Coming
	// Progress is told now and then how many rows a table has got.
	Progress func(table change.Name, done, all int64)
}

// Filled is what a table has in the end.
type Filled struct {
	Table change.Name
	Rows  int64
	Why   string // why it has fewer than asked for
}

// Fill makes rows in every table of the database that db is open on. An error is a
// failure to go on at all; that a table is left without rows is in the result.
func Fill(ctx context.Context, db *livedb.DB, o Options) (out []Filled, err error) {
	s, err := db.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closed(s)) }()
	f := filler{session: s, options: o, flavour: flavourOf(db)}
	if err := f.flavour.begin(ctx, s); err != nil {
		return nil, err
	}
	tables, err := f.flavour.read(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("reading the tables: %w", err)
	}
	if err := f.expect(ctx, s, tables); err != nil {
		return nil, fmt.Errorf("reading the keys: %w", err)
	}
	for _, t := range inOrder(wanted(tables, o.Tables)) {
		filled, err := f.table(ctx, t)
		if err != nil {
			return out, fmt.Errorf("rows for %s: %w", t.name, err)
		}
		out = append(out, filled)
	}
	return out, f.flavour.end(ctx, s, tables)
}

func closed(s *sql.Conn) error {
	if err := s.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return fmt.Errorf("closing the session: %w", err)
	}
	return nil
}

func flavourOf(db *livedb.DB) flavour {
	if db.Dialect == "postgres" {
		return postgres{}
	}
	return mysql{dialect: db.Dialect, version: db.Version}
}

// flavour is what differs between servers.
type flavour interface {
	begin(ctx context.Context, s *sql.Conn) error
	end(ctx context.Context, s *sql.Conn, tables []*table) error
	read(ctx context.Context, s *sql.Conn) ([]*table, error)
	quote(name string) string
	name(n change.Name) string
	// keys are, by table, the columns of its primary key, else of a unique one over
	// whole columns that are NOT NULL.
	keys(ctx context.Context, s *sql.Conn) (map[change.Name][]string, error)
	// shown is SQL for a value of the column as a text, and for it as a constant; {c}
	// stands for the value.
	shown(c *column) (text, literal string)
	// values are what a column may hold, the best first; literals those that its checks
	// speak of.
	values(c *column) []value
	literals(c *column, checks []string) []value
	// cast gives an expression the type of a column, where the server needs to be told.
	cast(sql string, c *column) string
	// divide is an integer divided by another.
	divide(sql string, by int64) string
	// holds is an aggregate that says whether a check holds for all rows of a group.
	holds(check string) string
	// numbered makes a temporary table of the rows that a foreign key may refer to.
	numbered(ctx context.Context, s *sql.Conn, name string, fk *foreignKey) error
	// insert is the statement that makes the rows from one number to another.
	insert(t *table, columns, values []string, joins string, from, to int64) string
}

// filler makes the rows.
type filler struct {
	session *sql.Conn
	flavour flavour
	options Options
	numbers int // of temporary tables
}

// chunk is how many rows are made at once.
const chunk = 20000

// table fills one table. Rows that would break a unique key are left out; after them
// others are tried.
func (f *filler) table(ctx context.Context, t *table) (Filled, error) {
	out := Filled{Table: t.name, Why: t.why}
	if err := f.count(ctx, t, &out.Rows); err != nil || t.why != "" {
		return out, err
	}
	row, why, err := f.plan(ctx, t)
	if err != nil || why != "" {
		out.Why = why
		return out, err
	}
	want := f.options.Rows
	if t.parts > 1 {
		want = (want + t.parts - 1) / t.parts
	}
	made, why, err := f.chunks(ctx, t, row, want)
	t.rows += made
	out.Rows, out.Why = t.rows, row.remark
	if why != "" {
		out.Why = why
	}
	return out, err
}

// mostMisses is how many times in a row no row of a chunk may fit.
const mostMisses = 3

// chunks makes the rows, from a number on that rows which are there may not have.
func (f *filler) chunks(ctx context.Context, t *table, row row, want int64) (made int64, why string, err error) {
	misses := 0
	for from := t.rows + 1; made < want; {
		to := from + min(chunk, want-made) - 1
		n, err := f.chunk(ctx, f.flavour.insert(t, row.columns, row.values, row.joins, from, to))
		if err != nil {
			if livedb.ErrorCode(err) == "" {
				return made, "", err
			}
			return made, "the server refuses the rows: " + livedb.Message(err), nil
		}
		made += n
		if f.options.Progress != nil {
			f.options.Progress(t.name, made, want)
		}
		if misses++; n > 0 {
			misses = 0
		}
		if misses == mostMisses {
			return made, "its unique keys leave no room for more", nil
		}
		from = to + 1
	}
	return made, "", nil
}

func (f *filler) chunk(ctx context.Context, statement string) (int64, error) {
	res, err := f.session.ExecContext(ctx, statement)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return 0, cause
		}
		return 0, err
	}
	return res.RowsAffected()
}

func (f *filler) count(ctx context.Context, t *table, into *int64) error {
	if err := f.session.QueryRowContext(ctx, "SELECT count(*) FROM "+f.flavour.name(t.name)).Scan(into); err != nil {
		return fmt.Errorf("counting: %w", err)
	}
	t.rows = *into
	return nil
}
