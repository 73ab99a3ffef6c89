package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/safemig/safemig/internal/catalog"
)

// killed kills every step in several ways and runs it again. Where the end is not
// what it should be, the steps are tried one by one, to say which it is.
func (t *trial) killed(ctx context.Context, o *Outcome, _ *Result) error {
	all := make([]int, len(t.Plan.Steps))
	for k := range all {
		all[k] = k
	}
	faults, err := t.killSteps(ctx, all)
	if len(faults) == 0 || err != nil {
		return err
	}
	for _, k := range all {
		single, err := t.killSteps(ctx, []int{k})
		if err != nil {
			return err
		}
		for _, fault := range single {
			o.Faults = append(o.Faults, fmt.Sprintf("step %d killed and run again: %s", k+1, fault))
		}
	}
	if len(o.Faults) == 0 { // it takes several, or an unlucky moment
		o.Faults = faults
	}
	return nil
}

// killSteps runs the plan, kills some of its steps on the way, and says what is
// wrong in the end.
func (t *trial) killSteps(ctx context.Context, which []int) (faults []string, err error) {
	err = t.scratch(ctx, 0, func(d *database) error {
		for k := range t.Plan.Steps {
			run := func() error { return t.runStep(ctx, d, k, bracketed) }
			if slices.Contains(which, k) {
				run = func() error { return t.killStep(ctx, d, k) }
			}
			if err := run(); err != nil {
				return fmt.Errorf("step %d: %w", k+1, err)
			}
		}
		faults, err = t.unlikeEnd(ctx, d)
		return err
	})
	if err != nil && ctx.Err() == nil {
		return []string{oneLine(err.Error())}, nil
	}
	return faults, err
}

// unlikeEnd is in what a database differs from what the plan makes undisturbed.
func (t *trial) unlikeEnd(ctx context.Context, d *database) ([]string, error) {
	got, err := t.take(ctx, d)
	return append(catalog.Differences(t.end.objects, got.objects), dataDifferences(t.end.tables, got.tables)...), err
}

// killStep leaves the step done in the end.
func (t *trial) killStep(ctx context.Context, d *database, k int) error {
	step := &t.Plan.Steps[k]
	if step.Backfill != nil {
		if err := t.bench.flavour.killBackfill(ctx, t, d, k); err != nil {
			return err
		}
		return t.runStep(ctx, d, k, asOne)
	}
	if step.InTx {
		return t.bench.flavour.killTransaction(ctx, t, d, k)
	}
	cleanups := len(step.Cleanup)
	for n := range t.files[k] {
		if n >= cleanups {
			if err := t.bench.flavour.killFile(ctx, t, d, k, n, cleanups); err != nil {
				return err
			}
		}
	}
	return nil
}

// killBackfill ends the session of a backfill at some moment.
func (t *trial) killBackfill(ctx context.Context, d *database, k int) error {
	return t.struck(ctx, d, t.took[k], func(s *sql.Conn) error { return t.backfill(ctx, s, t.Plan.Steps[k].Backfill) })
}

// killTransaction ends the step right before its COMMIT, then at some moment,
// and runs it again unless the server says that it was committed.
func (t *trial) killTransaction(ctx context.Context, d *database, k int) error {
	s, pid, err := t.victim(ctx, d, t.Migrator)
	if err != nil {
		return err
	}
	err = exec(ctx, s, "BEGIN", t.files[k][0].SQL)
	err = errors.Join(err, t.bench.end(ctx, pid))
	closed(s)
	if err != nil {
		return err
	}
	var xid string
	err = t.struck(ctx, d, t.took[k], func(s *sql.Conn) error {
		if err := exec(ctx, s, "BEGIN"); err != nil {
			return err
		}
		found, err := table(ctx, s, "SELECT txid_current()::text")
		if err != nil {
			return err
		}
		xid = text(found[0][0])
		return exec(ctx, s, t.files[k][0].SQL, "COMMIT")
	})
	if err != nil {
		return err
	}
	done, err := t.committed(ctx, d, xid)
	if err != nil || done {
		return err
	}
	return t.runStep(ctx, d, k, bracketed)
}

func (t *trial) committed(ctx context.Context, d *database, xid string) (done bool, err error) {
	if xid == "" {
		return false, nil
	}
	err = d.session(ctx, func(s *sql.Conn) error {
		found, err := table(ctx, s, "SELECT txid_status("+xid+")")
		done = err == nil && text(found[0][0]) == "committed"
		return err
	})
	return done, err
}
