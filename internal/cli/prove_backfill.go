package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/progress"
)

// backfill runs a job as safemig backfill run does, and verifies it.
func (d *proving) backfill(ctx context.Context, db *livedb.DB, j *ledger.Job, target *dialect.Dialect, o backfill.Options) (rows int64, err error) {
	o.Restart, o.Runner = false, "safemig prove"
	d.ran++
	job, err := backfill.Read(fmt.Sprintf("%s%d_%s", d.jobs(), d.ran, j.Name), j.Text(nil), target)
	if err != nil {
		return 0, err
	}
	run, err := backfill.Start(ctx, db, job, o, backfill.Unbraked{}, &rowsShown{show: d.show, name: j.Name})
	if err != nil {
		return 0, err
	}
	err = errors.Join(run.Work(ctx), run.Close())
	if err != nil {
		return 0, err
	}
	return run.Progress().Rows, nil
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
