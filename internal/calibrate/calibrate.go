// Package calibrate tries the work of a plan on a sample of a table's rows, on the
// server itself, and leaves nothing behind: on PostgreSQL in a transaction that is rolled
// back, on MySQL and MariaDB in a temporary table.
package calibrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/livedb"
)

// Work is what is to be tried on one table.
type Work struct {
	Table   *estimate.Table
	Jobs    []Job
	Indexes []Index
}

// Job is a backfill, and the columns that a plan adds before it.
type Job struct {
	*backfill.Job
	Added []Column
}

// Column is a column with its type, as SQL has it.
type Column struct{ Name, Type string }

// Index is an index that a plan builds.
type Index struct {
	Name    string
	Columns []string
	Unique  bool
}

// Options bound what is tried.
type Options struct {
	For   time.Duration // in all
	Batch int64         // rows of a batch
	Say   func(string)  // hears what is going to be done, before it is
}

// A sample is of so many rows, and not of more bytes. Less than fewRows tell nothing.
const (
	mostRows  = 50_000
	mostBytes = 64 << 20
	fewRows   = 2_000
)

// sample is how many rows of a table are tried.
func sample(t *estimate.Table) int64 {
	return int64(min(t.Rows, mostRows, max(mostBytes/t.RowBytes(), 1)))
}

// Result is what was measured.
type Result struct {
	Trials map[string]*estimate.Trial // by the name of a table or job, or table.index
	Told   []string                   // what is not tried, and why
	Failed []error                    // what kept work on a table from being tried
}

// Run tries the work, table by table. What fails on one leaves the others to be tried;
// the error is that somebody has interrupted it.
func Run(ctx context.Context, db *livedb.DB, works []Work, o Options) (*Result, error) {
	r := &Result{Trials: map[string]*estimate.Trial{}}
	for _, w := range works {
		n := sample(w.Table)
		if w.Table.Rows < 0 || n < fewRows {
			r.tell("%s is too small to be tried on: its figures are not measured", shown(w.Table))
			continue
		}
		o.Say(before(db, &w, n, o.For/time.Duration(len(works))))
		within, stop := context.WithTimeout(ctx, o.For/time.Duration(len(works)))
		t := &trying{db: db, work: w, options: o, rows: n, result: r, ctx: within}
		err := t.run()
		stop()
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case errors.Is(within.Err(), context.DeadlineExceeded):
			r.tell("%s: the time was over before all was tried; give --calibrate more", shown(w.Table))
		case err != nil:
			r.Failed = append(r.Failed, fmt.Errorf("trying the work on rows of %s: %w", shown(w.Table), err))
		}
	}
	return r, nil
}

// before is what is going to be done.
func before(db *livedb.DB, w *Work, n int64, most time.Duration) string {
	var what []string
	for _, j := range w.Jobs {
		what = append(what, "runs batches of "+j.Name)
	}
	for _, i := range w.Indexes {
		what = append(what, "builds "+i.Name)
	}
	what = append(what, "and rolls it back; commits 20 comments on a temporary table")
	how := fmt.Sprintf("reads %d rows of %s, copies them into a table of its own in one transaction, %s", n, shown(w.Table), strings.Join(what, ", "))
	if db.Dialect != "postgres" {
		how = fmt.Sprintf("reads %d rows of %s, copies them into a temporary table, %s there", n, shown(w.Table), strings.Join(what[:len(what)-1], ", "))
	}
	return fmt.Sprintf("calibrate: %s, for %s at most; nobody waits for it, and nothing stays", how, most.Round(time.Millisecond))
}

func (r *Result) tell(format string, args ...any) {
	r.Told = append(r.Told, fmt.Sprintf(format, args...))
}

func shown(t *estimate.Table) string {
	if t.Name.Schema == "public" {
		return t.Name.Name
	}
	return t.Name.String()
}

// trying is the trial on one table.
type trying struct {
	ctx     context.Context // ends when the time is over
	db      *livedb.DB
	work    Work
	options Options
	rows    int64 // of the sample
	result  *Result

	c       *sql.Conn
	name    string   // of the table of its own, as SQL has it
	columns []string // that are copied
	key     []string
	commit  float64 // seconds; 0: not measured
}

func (t *trying) run() error {
	var err error
	if t.c, err = t.db.Session(t.ctx); err != nil {
		return err
	}
	defer func() { _ = t.c.Close() }() // whatever is left in it goes with it
	if t.db.Dialect == "postgres" {
		return t.postgres()
	}
	return t.mysql()
}

// all runs what is to be tried on the copy.
func (t *trying) all() error {
	for _, j := range t.work.Jobs {
		if err := t.attempt("the job "+j.Name, func() error { return t.job(j) }); err != nil {
			return err
		}
	}
	for _, i := range t.work.Indexes {
		if err := t.attempt("the index "+i.Name, func() error { return t.index(i) }); err != nil {
			return err
		}
	}
	return nil
}

// attempt does what may fail for a reason of its own, such as a value that is there
// twice: then the rest is still tried.
func (t *trying) attempt(what string, do func() error) error {
	if err := t.savepoint("SAVEPOINT safemig"); err != nil {
		return err
	}
	err := do()
	if err != nil && t.ctx.Err() == nil && livedb.ErrorCode(err) != "" {
		t.result.tell("%s cannot be tried: %s", what, livedb.Message(err))
		return t.savepoint("ROLLBACK TO SAVEPOINT safemig")
	}
	return err
}

func (t *trying) savepoint(statement string) error {
	if t.db.Dialect != "postgres" {
		return nil // each statement commits by itself there
	}
	return t.do(statement)
}

// copyName is the name of the copy, which two trials at once do not share.
func (t *trying) copyName() string {
	return t.schema() + quote(t.db.Dialect, fmt.Sprintf("safemig_trial_%d", os.Getpid()))
}

func (t *trying) do(statement string) error {
	if _, err := t.c.ExecContext(t.ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(strings.Fields(statement), " "), err)
	}
	return nil
}

func (t *trying) texts(query string) ([][]sql.NullString, error) {
	_, rows, err := livedb.Texts(t.ctx, t.c, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(strings.Fields(query), " "), err)
	}
	return rows, nil
}

// timed is how many seconds something takes.
func timed(do func() error) (float64, error) {
	began := time.Now()
	err := do()
	return time.Since(began).Seconds(), err
}

// index builds an index on the copy. Sorting more rows takes a little longer for each.
func (t *trying) index(i Index) error {
	build := t.pgIndex
	if t.db.Dialect != "postgres" {
		build = t.mysqlSort
	}
	took, err := build(i)
	if err != nil {
		return err
	}
	more := math.Log2(max(t.work.Table.Rows, 2)) / math.Log2(float64(max(t.rows, 2)))
	t.result.Trials[shown(t.work.Table)+"."+i.Name] = &estimate.Trial{On: t.on(), Build: float64(t.rows) / took / max(more, 1)}
	return nil
}

func (t *trying) on() string {
	return fmt.Sprintf("measured on %s rows of %s", estimate.Number(float64(t.rows)), shown(t.work.Table))
}

// scanned notes how fast the table was read.
func (t *trying) scanned(seconds float64) {
	const least = 1 << 20 // less tells nothing
	if read := float64(t.rows) * t.work.Table.RowBytes(); read >= least && seconds > 0 {
		t.result.Trials[shown(t.work.Table)] = &estimate.Trial{On: t.on(), Scan: read / seconds}
	}
}

func (t *trying) quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quote(t.db.Dialect, n)
	}
	return out
}

func quote(dialect, name string) string {
	if dialect == "postgres" {
		return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

// full is the table's name as SQL has it.
func (t *trying) full(n change.Name) string {
	if n.Schema == "" {
		return quote(t.db.Dialect, n.Name)
	}
	return quote(t.db.Dialect, n.Schema) + "." + quote(t.db.Dialect, n.Name)
}

func (t *trying) schema() string {
	if t.work.Table.Name.Schema == "" {
		return ""
	}
	return quote(t.db.Dialect, t.work.Table.Name.Schema) + "."
}

// median of some seconds.
func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
