package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/safemig/safemig/rewrite"
)

// newFrom is the step before which the new version of the application starts:
// the first behind those that run at once. oldUntil is the one before which the
// old version is gone.
func (c *Case) newFrom() int {
	from := 0
	for k, s := range c.Plan.Steps {
		if s.Phase == rewrite.Expand && s.Gate == nil {
			from = k + 1
		}
	}
	return min(from, c.oldUntil())
}

func (c *Case) oldUntil() int {
	for k, s := range c.Plan.Steps {
		if s.EndsOld() {
			return k
		}
	}
	return len(c.Plan.Steps)
}

// breath is how long the applications run undisturbed before, between and after
// steps.
const breath = 40 * time.Millisecond

// workload runs the plan while both versions of the application go on.
func (t *trial) workload(ctx context.Context, o *Outcome, res *Result) error {
	if err := t.dual(ctx, o); err != nil {
		return err
	}
	// What keeps others waiting does so each time; what the machine does seldom
	// comes again.
	for try := range 2 {
		var slow []string
		err := t.scratch(ctx, 0, func(d *database) (err error) {
			w := &pressed{trial: t, db: d, ledger: &ledger{}, watch: newStopwatch()}
			err = w.run(ctx)
			o.Faults = append(o.Faults, w.ledger.faults...)
			o.Notes = w.ledger.notes
			slow = w.judge(res)
			return err
		})
		if len(slow) == 0 || err != nil {
			return err
		}
		if try == 1 || len(o.Faults) > 0 {
			o.Faults = append(o.Faults, slow...)
			break
		}
	}
	return nil
}

// pressed is a plan that runs under load.
type pressed struct {
	*trial
	db                *database
	ledger            *ledger
	watch             *stopwatch
	old, new, control *crew
}

func (w *pressed) run(ctx context.Context) (err error) {
	if _, err := w.db.ExecContext(ctx, controlTable); err != nil {
		return fmt.Errorf("the control session's table: %w", err)
	}
	w.control = w.hire(ctx, w.db, Control, nil, w.ledger, w.watch)
	w.old = w.hire(ctx, w.db, Old, w.trial.old, w.ledger, w.watch)
	time.Sleep(breath)
	for k := range w.Plan.Steps {
		if err = w.shift(ctx, k); err != nil {
			break
		}
		w.watch.begin(k + 1)
		if stepErr := w.stepBehindReader(ctx, k); stepErr != nil {
			w.ledger.fault("%s", oneLine(stepErr.Error()))
			break
		}
		time.Sleep(breath)
	}
	if err == nil {
		err = w.shift(ctx, len(w.Plan.Steps))
	}
	time.Sleep(breath)
	err = errors.Join(err, w.old.dismiss(), w.new.dismiss(), w.control.dismiss())
	if err != nil || len(w.ledger.faults) > 0 {
		return err
	}
	return w.db.session(ctx, func(s *sql.Conn) error { return w.ledger.check(ctx, s, w.bench.flavour, w.asNew) })
}

// shift lets the new version in and the old one go, where step k is the time for it.
func (w *pressed) shift(ctx context.Context, k int) error {
	if k == w.newFrom() {
		w.new = w.hire(ctx, w.db, New, w.trial.new, w.ledger, w.watch)
		time.Sleep(breath)
	}
	if k != w.oldUntil() {
		return nil
	}
	old := w.old
	w.old = nil
	return old.dismiss()
}

// stepBehindReader runs a step that meets a long transaction: it has read every
// table and goes on for a while.
func (w *pressed) stepBehindReader(ctx context.Context, k int) error {
	if w.Plan.Steps[k].Backfill != nil {
		return w.runStep(ctx, w.db, k, asOne)
	}
	return w.db.session(ctx, func(reader *sql.Conn) error {
		if err := w.readAll(ctx, reader); err != nil {
			return err
		}
		done := make(chan error, 1)
		go func() { done <- w.runStep(ctx, w.db, k, asOne) }()
		var err error
		select {
		case err = <-done:
			return errors.Join(err, exec(ctx, reader, "COMMIT"))
		case <-time.After(w.Load.Reader):
			err = exec(ctx, reader, "COMMIT")
		}
		return errors.Join(<-done, err)
	})
}

// readAll leaves a transaction open that has read every table, and so keeps a lock
// on it: ACCESS SHARE, or a shared metadata lock.
func (t *trial) readAll(ctx context.Context, s *sql.Conn) error {
	relations, err := t.bench.flavour.relations(ctx, s)
	if err != nil {
		return err
	}
	statements := []string{"BEGIN"}
	for _, r := range relations {
		statements = append(statements, "SELECT 1 FROM "+t.bench.flavour.only(r)+" LIMIT 1")
	}
	return exec(ctx, s, statements...)
}

// judge holds the stalls to what the steps promise. What the control session had
// to wait for the machine is added.
func (w *pressed) judge(res *Result) (slow []string) {
	res.Statements, res.Stalls = w.watch.laps, nil
	for step := 1; step <= len(w.Plan.Steps); step++ {
		limit := w.Load.Margin + w.watch.of(step, Control).Longest + w.bench.flavour.waits(w.trial, &w.Plan.Steps[step-1])
		for _, side := range []Side{Old, New, Control} {
			stall := w.watch.of(step, side)
			if stall.Longest == 0 {
				continue
			}
			res.Stalls = append(res.Stalls, stall)
			if side != Control && stall.Longest > limit {
				slow = append(slow, fmt.Sprintf("a statement of %s took %s while step %d (%s) ran, more than %s: %s", side,
					stall.Longest.Round(time.Millisecond), step, w.Plan.Steps[step-1].Title, limit.Round(time.Millisecond), stall.SQL))
			}
		}
	}
	return slow
}
