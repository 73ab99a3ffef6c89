package prove

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/rewrite"
)

// rounds is how often each statement of the applications runs before a rollback.
const rounds = 3

// rollback goes back from every step to the start, each Down twice.
func (t *trial) rollback(ctx context.Context, o *Outcome, _ *Result) error {
	last := t.revocable()
	if last < len(t.Plan.Steps) {
		o.UpTo = last
		o.Notes = append(o.Notes, fmt.Sprintf("from step %d on it says what cannot be undone: %s", last+1, t.Plan.Steps[last].Final))
	}
	if last == 0 {
		o.Skipped = "the first step cannot be undone"
	}
	for k := 1; k <= last; {
		// One database goes through all, forth and back, until something is wrong with it.
		err := t.scratch(ctx, 0, func(d *database) (err error) {
			l := &ledger{}
			for faults := len(o.Faults); k <= last && err == nil && faults == len(o.Faults); k++ {
				err = t.thereAndBack(ctx, d, k, l, o)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// revocable is how many steps can be taken back.
func (t *trial) revocable() int {
	for k, s := range t.Plan.Steps {
		if s.Final != "" {
			return k
		}
	}
	return len(t.Plan.Steps)
}

// thereAndBack runs k steps, writes as the applications do, and takes the steps back.
func (t *trial) thereAndBack(ctx context.Context, d *database, k int, l *ledger, o *Outcome) error {
	fault := func(text string) {
		o.Faults = append(o.Faults, fmt.Sprintf("back from step %d: %s", k, oneLine(text)))
	}
	if err := t.stepsAndBack(ctx, d, k, l); err != nil {
		fault(err.Error())
		return ctx.Err()
	}
	got, err := t.bench.flavour.catalogue(ctx, d)
	if err != nil {
		return err
	}
	err = d.session(ctx, func(s *sql.Conn) error { return l.check(ctx, s, t.bench.flavour, t.asOld) })
	for _, text := range append(catalog.Differences(t.start.objects, got), l.faults...) {
		fault(text)
	}
	return err
}

// stepsAndBack runs them; its error is a fault.
func (t *trial) stepsAndBack(ctx context.Context, d *database, k int, l *ledger) error {
	for n := range k {
		if err := t.runStep(ctx, d, n, asOne); err != nil {
			return fmt.Errorf("to come there once more: %w", err)
		}
	}
	if err := t.writeSome(ctx, d, k, l); err != nil {
		return err
	}
	for back := k; back >= 1; back-- {
		if err := t.undo(ctx, d, back-1); err != nil {
			return err
		}
	}
	return nil
}

// undo runs a step's Down, and again: it may have been interrupted after its end.
func (t *trial) undo(ctx context.Context, d *database, k int) error {
	for _, how := range []framing{bracketed, asOne} {
		err := d.as(ctx, t.Migrator, func(s *sql.Conn) error {
			for _, f := range rewrite.UndoFiles(&t.Plan.Steps[k], t.Text, t.Options) {
				if err := t.bench.flavour.send(ctx, s, f, how); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("the rollback of step %d (%s): %w", k+1, t.Plan.Steps[k].Title, err)
		}
	}
	return nil
}

// writeSome is what the versions that may run after k steps do.
func (t *trial) writeSome(ctx context.Context, d *database, k int, l *ledger) error {
	var statements []tracked
	if k <= t.oldUntil() {
		statements = append(statements, t.old...)
	}
	if k >= t.newFrom() {
		statements = append(statements, t.new...)
	}
	w := &worker{trial: t, manner: plain, ledger: l, watch: newStopwatch(), statements: statements}
	return d.as(ctx, t.Role, func(s *sql.Conn) error {
		for range rounds {
			for n := range statements {
				w.side = statements[n].side
				// What a part of the migration that is left as it is does to others is seen
				// by the workload.
				if err := w.once(ctx, s, n); err != nil && len(t.Plan.Unfixed) == 0 {
					l.fault("%s fails after step %d: %s", w.side, k, oneLine(err.Error()))
				}
			}
		}
		return nil
	})
}
