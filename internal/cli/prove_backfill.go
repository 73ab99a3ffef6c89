package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/progress"
)

// ownJob is what jobs of ours are called: the runner of MySQL and MariaDB keeps its
// books for the whole server.
const ownJob = "safemig_prove_"

// backfill runs a job as safemig backfill run does, and verifies it.
func (d *proving) backfill(ctx context.Context, db *livedb.DB, j *ledger.Job, target *dialect.Dialect, o backfill.Options) (rows int64, err error) {
	d.books = true
	o.Restart, o.Runner = false, "safemig prove"
	job, err := backfill.Read(fmt.Sprintf("%s%d_%s", ownJob, time.Now().UnixNano(), j.Name), j.Text(nil), target)
	if err != nil {
		return 0, err
	}
	run, err := backfill.Start(ctx, db, job, o, unbraked{}, &rowsShown{show: d.show, name: j.Name})
	if err != nil {
		return 0, err
	}
	err = errors.Join(run.Work(ctx), run.Close())
	if err != nil {
		return 0, err
	}
	return run.Progress().Rows, d.owed(ctx, db, j)
}

// owed holds the job to its word: no row is left.
func (d *proving) owed(ctx context.Context, db *livedb.DB, j *ledger.Job) error {
	if j.Where == "" || j.Set == "" {
		return nil
	}
	var left int64
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+j.Table+" WHERE "+j.Where).Scan(&left); err != nil {
		return fmt.Errorf("verifying the backfill %s: %w", j.Name, err)
	}
	if left > 0 {
		return &owedError{j.Name, left}
	}
	return nil
}

// owedError is a backfill that is done, and has left rows.
type owedError struct {
	job  string
	rows int64
}

func (e *owedError) Error() string {
	return fmt.Sprintf("the backfill %s is done, and leaves %s", e.job, progress.Count(e.rows, "row"))
}

// unbraked is a brake that never brakes.
type unbraked struct{}

func (unbraked) Reason() string             { return "" }
func (unbraked) Spent(int64, time.Duration) {}

// rowsShown shows how far a backfill is.
type rowsShown struct {
	show func(string, ...any)
	name string
	rows int64
	last time.Time
}

func (r *rowsShown) Hear(e backfill.Event) {
	if e.Batch == nil {
		return
	}
	if r.rows += e.Batch.Rows; time.Since(r.last) > time.Second {
		r.last = time.Now()
		r.show("backfill %s: %s", r.name, progress.Count(r.rows, "row"))
	}
}

// dropBooks removes the backfill runner's own tables where they were made by us. A
// server's that was there before keeps its own.
func (d *proving) dropBooks() error {
	if !d.books || d.db == nil || d.db.Dialect == "postgres" || d.server.IsOurs() {
		return nil // they are in databases that are dropped
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var others int
	err := d.server.QueryRowContext(ctx, "SELECT count(*) FROM safemig.backfills WHERE name NOT LIKE '"+strings.ReplaceAll(ownJob, "_", `\\_`)+"%'").Scan(&others)
	if err != nil {
		return fmt.Errorf("removing safemig's own tables: %w", err)
	}
	statements := []string{"DROP DATABASE safemig"}
	if others > 0 || d.hadBooks {
		statements = nil
		for _, of := range []string{"backfill_lanes WHERE job", "backfill_errors WHERE job", "backfills WHERE name"} {
			statements = append(statements, "DELETE FROM safemig."+of+" LIKE '"+strings.ReplaceAll(ownJob, "_", `\\_`)+"%'")
		}
	}
	for _, text := range statements {
		if _, err := d.server.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("removing safemig's own tables: %w", err)
		}
	}
	return nil
}

// dropSchema removes the runner's own tables from a database of ours, which has none of
// its own.
func (d *proving) dropSchema(ctx context.Context, db *livedb.DB) error {
	if db.Dialect != "postgres" || d.hadBooks {
		return nil
	}
	_, err := db.ExecContext(ctx, "DROP SCHEMA IF EXISTS safemig CASCADE")
	return err
}

// lookForBooks says whether the runner's own tables are there before the start.
func (d *proving) lookForBooks(ctx context.Context) error {
	var n int
	err := d.db.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'safemig'").Scan(&n)
	d.hadBooks = n > 0
	return err
}
