package cli

import (
	"context"
	"fmt"
	"slices"
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
	last := slices.IndexFunc(b.plans, func(p *planStep) bool { return p.final != "" })
	if last < 0 {
		last = len(b.plans)
	} else {
		b.proving.report.Back.Final = b.plans[last].final
	}
	if last == 0 {
		b.clean = true
		return nil
	}
	before, ran, err := b.there(ctx, last)
	if err != nil || !ran {
		return err
	}
	back := &b.proving.report.Back
	back.Tried = true
	for k := last - 1; k >= 0; k-- {
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

func (b *wayBack) fault(format string, args ...any) {
	back := &b.proving.report.Back
	back.Faults = append(back.Faults, strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " "))
}

// there reads the catalogue and runs the steps. That one of them does not run is told by
// whoever runs the plan to its end.
func (b *wayBack) there(ctx context.Context, steps int) (before []catalog.Object, ran bool, err error) {
	if before, err = catalogueOf(ctx, b.db); err != nil {
		return nil, false, err
	}
	for _, p := range b.plans[:steps] {
		b.show("on the way to take it back: %s", p.title)
		if err := b.runStep(ctx, b.db, p, backfill.DefaultOptions().Unthrottled(), nil); err != nil {
			if ctx.Err() != nil {
				return nil, false, context.Cause(ctx)
			}
			return nil, false, nil
		}
	}
	return before, true, b.dropSchema(ctx, b.db)
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

func (p *plainSession) undoFile(ctx context.Context, f rewrite.File) error {
	statements := f.Stmts
	if f.InTx {
		begin := "BEGIN"
		if p.db.Dialect != "postgres" {
			begin = "START TRANSACTION"
		}
		statements = slices.Concat([]string{begin}, f.Stmts, []string{"COMMIT"})
	}
	for _, text := range statements {
		if err := p.exec(ctx, text); err != nil {
			if f.InTx {
				_ = p.exec(ctx, "ROLLBACK") // the first error counts
			}
			return err
		}
	}
	return nil
}

// asBefore holds the database to what it was at the start.
func (b *wayBack) asBefore(ctx context.Context, before []catalog.Object) error {
	now, err := catalogueOf(ctx, b.db)
	if err != nil {
		return err
	}
	for _, text := range catalogueDifferences(before, now) {
		b.fault("taken back to the start: %s", text)
	}
	sums, err := tablesum.Of(ctx, b.db)
	if err != nil {
		return err
	}
	for _, differs := range tablesum.Compare(b.sums, sums, b.ignored) {
		b.fault("taken back to the start: %s", differs)
	}
	b.clean = len(b.proving.report.Back.Faults) == 0
	return nil
}
