package cli

import (
	"cmp"
	"context"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/synth"
	"github.com/safemig/safemig/internal/tablesum"
	"github.com/safemig/safemig/internal/workload"
)

// all does one thing after the other.
func (d *proving) all(ctx context.Context) error {
	ctx, end := d.limitDisk(ctx, d.used)
	defer end()
	if err := d.begin(ctx); err != nil {
		return because(ctx, err)
	}
	q := &quiet{proving: d}
	for _, do := range []func(context.Context) error{d.plan, q.original, d.apps, q.planned, d.originalUnderLoad, d.planUnderLoad} {
		if err := do(ctx); err != nil {
			return because(ctx, err)
		}
	}
	return nil
}

// begin makes what is there before.
func (d *proving) begin(ctx context.Context) (err error) {
	d.ignored = tablesum.Ignored{}
	if err := d.lookForBooks(ctx); err != nil {
		return err
	}
	for _, f := range d.group.Files {
		if err := d.parse(f.Script); err != nil {
			return err
		}
	}
	if err := d.onlyItsDatabase(); err != nil {
		return err
	}
	if d.first, err = d.before(ctx); err != nil {
		return err
	}
	d.report.Rows, d.report.Remarks = d.tracing.report.Rows, d.tracing.report.Remarks
	if err := d.oneAfterTheOther(); err != nil {
		return err
	}
	d.readRenames()
	d.show("adding up the rows")
	d.sums, err = tablesum.Of(ctx, d.db)
	return err
}

// mostTables are worked on where the migration does not say which tables it is about.
const mostTables = 20

// apps make the two versions of the application: the old one knows the tables as they
// are, the new one as the original leaves them.
func (d *proving) apps(ctx context.Context) error {
	d.report.Load = report.ProofLoad{File: d.options.workload, Sessions: d.options.sessions, Rate: d.options.rate}
	if d.options.workload != "" {
		return d.givenApps(ctx)
	}
	old := d.touched()
	before, err := synth.Derive(ctx, d.db, synth.Options{Rows: d.mostRows(), Tables: old, Coming: coming(d.group.Files[d.first:])})
	if err != nil {
		return err
	}
	if d.old, err = workload.Derive(ctx, d.db, "old", before, workload.Same); err != nil {
		return err
	}
	after, err := synth.Derive(ctx, d.target, synth.Options{Rows: d.mostRows(), Tables: d.touchedThen(old)})
	if err != nil {
		return err
	}
	if len(d.plans) > 0 {
		d.asOldHolds(before, after)
	}
	if d.new, err = workload.Derive(ctx, d.target, "new", after, d.former.names); err != nil {
		return err
	}
	d.remark(slices.Concat(d.old.Left, d.new.Left)...)
	if d.old.Empty() && d.new.Empty() {
		d.remark("there is no table that an application could use: nobody was there to be kept waiting")
	}
	return nil
}

// remark tells what was left out, made up, or could not be watched: each thing once.
func (d *proving) remark(texts ...string) {
	for _, text := range texts {
		if !slices.Contains(d.report.Remarks, text) {
			d.report.Remarks = append(d.report.Remarks, text)
		}
	}
}

// mostRows is how many rows the largest table has.
func (d *proving) mostRows() (most int64) {
	for _, s := range d.sums {
		most = max(most, s.Rows)
	}
	return most
}

// touched are the tables that the migration is about, of those that are there before it.
func (d *proving) touched() (out []change.Name) {
	named := d.concerned(d.files())
	for _, s := range d.sums {
		if len(named) == 0 && len(out) < mostTables || slices.Contains(named, s.Table) {
			out = append(out, s.Table)
		}
	}
	return out
}

// touchedThen are the same after it, and those that it makes.
func (d *proving) touchedThen(before []change.Name) (out []change.Name) {
	for _, s := range d.targetSums {
		was := cmp.Or(d.former.tables[s.Table], s.Table)
		fresh := !slices.ContainsFunc(d.sums, func(b tablesum.Sum) bool { return b.Table == was })
		if fresh || slices.Contains(before, was) {
			out = append(out, s.Table)
		}
	}
	return out
}
