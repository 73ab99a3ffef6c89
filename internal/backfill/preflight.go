package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// Concern is something that may go wrong with a job, found before it begins.
type Concern struct {
	ID      string `json:"id"` // stays the same from release to release
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
	Refuses bool   `json:"refuses"` // the job is not run, unless the concern is accepted
	Final   bool   `json:"final"`   // it refuses, and accepting it is of no use
}

// Report is what a preflight found.
type Report struct {
	Concerns []Concern
	Table    *Table // the table that is walked along; nil where its key is no use
	Target   string // the table that is changed
	Rows     int64  // to walk along, as the server estimates; -1 where it does not know
	Bytes    int64
	Estimate Estimate
	Plan     string // of one batch, as the server shows it
}

// Has says whether a concern was raised.
func (r *Report) Has(id string) bool {
	return slices.ContainsFunc(r.Concerns, func(c Concern) bool { return c.ID == id })
}

// Refusals are the concerns that a job is not run with: those that refuse and
// are not accepted.
func (r *Report) Refusals(accepted []string) []Concern {
	var out []Concern
	for _, c := range r.Concerns {
		if c.Refuses && (c.Final || !slices.Contains(accepted, c.ID)) {
			out = append(out, c)
		}
	}
	return out
}

// weight is how much a concern matters.
type weight uint8

const (
	note    weight = iota // worth knowing
	refusal               // the job is run only where somebody accepts it
	final                 // the job cannot be run, or would do what nobody can want
)

// Preflight looks at everything that could go wrong with a job before it begins.
// It changes nothing: its sessions are read-only.
func Preflight(ctx context.Context, db *livedb.DB, j *Job, o Options) (*Report, error) {
	x, err := examine(ctx, db, j, o)
	if err != nil {
		return nil, err
	}
	x.close()
	return x.report, nil
}

// exam is a preflight: two sessions, and what its checks share.
type exam struct {
	db      *livedb.DB
	job     *Job
	options Options
	flavour flavour
	// look is a session with the settings of a scout, conn one like those that run
	// batches. Both are read-only; but MySQL and MariaDB do not explain a change there:
	// in conn what they explain is rolled back.
	look, conn *sql.Conn

	report *Report
	table  *Table
	target relation // the table that is changed
}

// relation is a table with all that belong to it.
type relation struct {
	id, name string // quoted, with its schema
	parts    []Part
	columns  []string // that the statement sets
}

// check is one of the looks that a preflight takes.
type check func(context.Context, *exam) error

// examine makes the checks. The caller closes the exam, which is nil after an error.
func examine(ctx context.Context, db *livedb.DB, j *Job, o Options) (*exam, error) {
	f, err := flavourOf(db)
	if err != nil {
		return nil, err
	}
	x := &exam{db: db, job: j, options: o, flavour: f, report: &Report{Rows: -1}}
	err = x.run(ctx)
	if err != nil {
		x.close()
		return nil, fmt.Errorf("looking at the job before it begins: %w", err)
	}
	slices.SortStableFunc(x.report.Concerns, func(a, b Concern) int { return weightOf(b) - weightOf(a) })
	return x, nil
}

func weightOf(c Concern) int {
	switch {
	case c.Final:
		return 2
	case c.Refuses:
		return 1
	}
	return 0
}

// run makes the checks. What stands between us and the server comes first: nothing
// may be set in a session that is somebody else's the next moment.
func (x *exam) run(ctx context.Context) error {
	list := x.checks()
	if err := list.between(ctx, x); err != nil || len(x.report.Refusals(nil)) > 0 {
		return err
	}
	if err := x.open(ctx); err != nil {
		return err
	}
	var err error
	if x.table, err = x.flavour.describe(ctx, x.look, x.job); err != nil {
		return x.withoutKey(ctx, list.key, err)
	}
	x.report.Table = x.table
	for _, c := range list.rest {
		if err := c(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

func (x *exam) checks() checks {
	if x.db.Dialect == "postgres" {
		return postgresChecks()
	}
	return mysqlChecks()
}

// withoutKey finds out why a table's key is of no use. An error that has another
// cause stays one.
func (x *exam) withoutKey(ctx context.Context, key check, reason error) error {
	if livedb.ErrorCode(reason) != "" {
		return reason
	}
	if err := key(ctx, x); err != nil {
		return errors.Join(reason, err)
	}
	if len(x.report.Concerns) == 0 {
		return reason
	}
	return nil
}

// open opens the sessions, and makes them read-only.
func (x *exam) open(ctx context.Context) (err error) {
	if x.look, err = x.db.Session(ctx); err != nil {
		return err
	}
	if x.conn, err = x.db.Session(ctx); err != nil {
		return err
	}
	if err := x.flavour.scout(ctx, x.look, &x.options); err != nil {
		return fmt.Errorf("preparing a session: %w", err)
	}
	if err := x.flavour.settle(ctx, x.conn, &x.options); err != nil {
		return fmt.Errorf("preparing a session: %w", err)
	}
	if x.db.Dialect != "postgres" {
		return execute(ctx, x.look, "SET SESSION TRANSACTION READ ONLY")
	}
	const readOnly = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
	return errors.Join(execute(ctx, x.look, readOnly), execute(ctx, x.conn, readOnly))
}

// close closes the sessions, which nothing is left in.
func (x *exam) close() {
	for _, c := range []*sql.Conn{x.look, x.conn} {
		if c != nil {
			_ = c.Close() // nothing was begun in it
		}
	}
}

// raise notes a concern.
func (x *exam) raise(id string, w weight, message, remedy string) {
	x.report.Concerns = append(x.report.Concerns, Concern{ID: id, Message: message, Remedy: remedy, Refuses: w >= refusal, Final: w == final})
}

// ask reads a query's rows as texts; NULL is empty.
func (x *exam) ask(ctx context.Context, query string) ([][]string, error) {
	return ask(ctx, x.look, query)
}

func ask(ctx context.Context, c executor, query string) ([][]string, error) {
	_, rows, err := livedb.Texts(ctx, c, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(strings.Fields(query), " "), err)
	}
	var out [][]string
	for _, values := range rows {
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = v.String
		}
		out = append(out, row)
	}
	return out, nil
}

// first are the texts of the first column.
func first(rows [][]string) []string {
	out := make([]string, 0, len(rows))
	for _, r := range rows {
		out = append(out, r[0])
	}
	return out
}
