package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/tablesum"
	"github.com/safemig/safemig/rewrite"
)

// wayBack runs a plan as far as it can be taken back, and takes it back step by step.
type wayBack struct {
	*quiet
	db    *livedb.DB
	steps int  // that were taken back
	clean bool // the database is as it was
}

func (b *wayBack) try(ctx context.Context) error {
	from, to := b.stretch()
	if from == to {
		b.clean = true
		return nil
	}
	ran, err := b.there(ctx, b.plans[:from])
	if err != nil || !ran {
		return err
	}
	before, err := stateOf(ctx, b.db)
	if err != nil {
		return err
	}
	if ran, err = b.there(ctx, b.plans[from:to]); err != nil || !ran {
		return err
	}
	back := &b.proving.report.Back
	back.Tried, back.Base = true, from
	for k := to - 1; k >= from; k-- {
		b.show("taking back step %d: %s", k+1, b.plans[k].title)
		if err := b.undo(ctx, b.plans[k]); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			b.fault("step %d: %v", k+1, err)
			return nil
		}
		b.steps++
	}
	back.Steps = b.steps
	return b.asBefore(ctx, before)
}

// stretch are the steps that are taken back: those behind what is for ever at the
// beginning, up to the next that is.
func (b *wayBack) stretch() (from, to int) {
	back := &b.proving.report.Back
	for from < len(b.plans) && b.plans[from].final != "" {
		back.BaseFinal = b.plans[from].final
		from++
	}
	for to = from; to < len(b.plans) && b.plans[to].final == ""; {
		to++
	}
	if to < len(b.plans) {
		back.Final = b.plans[to].final
	}
	if from == to {
		back.Final, back.BaseFinal = back.BaseFinal, ""
	}
	return from, to
}

// state is a database's catalogue and its rows.
type state struct {
	objects []catalog.Object
	sums    []tablesum.Sum
}

func stateOf(ctx context.Context, db *livedb.DB) (s state, err error) {
	if s.objects, err = catalog.Read(ctx, db.Dialect, db); err != nil {
		return s, err
	}
	s.sums, err = tablesum.Of(ctx, db)
	return s, err
}

func (b *wayBack) fault(format string, args ...any) {
	back := &b.proving.report.Back
	back.Faults = append(back.Faults, strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " "))
}

// there runs steps. That one of them does not run is told by whoever runs the plan to its end.
func (b *wayBack) there(ctx context.Context, steps []*planStep) (ran bool, err error) {
	for _, p := range steps {
		b.show("on the way to take it back: %s", p.title)
		if err := b.runStep(ctx, b.db, p, backfill.DefaultOptions().Unthrottled(), nil); err != nil {
			if ctx.Err() != nil {
				return false, context.Cause(ctx)
			}
			return false, nil
		}
	}
	return true, b.dropSchema(ctx, b.db)
}

// undo takes back the plan's steps that are in p.
func (b *wayBack) undo(ctx context.Context, p *planStep) error {
	session, err := openPlain(ctx, b.db)
	if err != nil {
		return err
	}
	defer session.close()
	steps := p.steps()
	for i := len(steps) - 1; i >= 0; i-- {
		for _, f := range rewrite.UndoFiles(steps[i], p.of.text, p.of.options) {
			if err := patiently(ctx, func() error { return session.undoFile(ctx, f) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *plainSession) undoFile(ctx context.Context, f rewrite.File) (err error) {
	if f.InTx {
		if err := p.Begin(ctx, ""); err != nil {
			return err
		}
		defer func() {
			if err == nil {
				err = p.Commit(ctx)
			} else {
				p.inTx = false
				_ = p.exec(ctx, "ROLLBACK") // the first error counts
			}
		}()
	}
	for _, text := range f.Stmts {
		if err := p.exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// asBefore holds the database to what it was before the steps.
func (b *wayBack) asBefore(ctx context.Context, before state) error {
	now, err := stateOf(ctx, b.db)
	if err != nil {
		return err
	}
	for _, text := range catalog.Differences(before.objects, now.objects) {
		b.fault("taken back: %s", text)
	}
	for _, differs := range tablesum.Compare(before.sums, now.sums, b.ignored) {
		b.fault("taken back: %s", differs)
	}
	b.clean = len(b.proving.report.Back.Faults) == 0 && b.proving.report.Back.Base == 0
	return nil
}
