package cli

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/progress"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/synth"
	"github.com/safemig/safemig/internal/trace"
	"github.com/safemig/safemig/internal/workload"
)

// breath is how long the applications run between two steps.
const breath = 300 * time.Millisecond

// loaded is one way of making the change while the applications go on.
type loaded struct {
	*proving
	db       *livedb.DB
	out      *report.ProofRun
	traffic  *workload.Traffic
	sampler  *trace.Sampler
	control  *workload.Control
	old, new *workload.Crew
}

// underLoad runs one of the two ways.
func (d *proving) underLoad(ctx context.Context, what string, out *report.ProofRun, way func(context.Context, *loaded) error) error {
	db, err := d.fresh(ctx, what)
	if err != nil {
		return err
	}
	traffic := workload.NewTraffic(db, d.options.sessions, d.options.rate, max(synth.FirstFree(d.mostRows()), d.old.Highest+1, d.new.Highest+1))
	l := &loaded{proving: d, db: db, out: out, traffic: traffic}
	err = l.run(ctx, way)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	if err := l.look(ctx); err != nil {
		return err
	}
	return d.finished(db)
}

// run lets the old version in, makes the change, and ends when the new version has run
// for a while.
func (l *loaded) run(ctx context.Context, way func(context.Context, *loaded) error) (err error) {
	if l.sampler, err = trace.Sample(ctx, l.db, l.traffic.Meter.Now); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.sampler.Stop()) }()
	if l.control, err = l.traffic.StartControl(ctx); err != nil {
		return err
	}
	defer func() {
		l.old.Stop()
		l.new.Stop()
		err = errors.Join(err, l.control.Stop(context.WithoutCancel(ctx)))
	}()
	l.old = l.traffic.Start(ctx, l.proving.old)
	if err := wait(ctx, l.options.settle); err != nil {
		return err
	}
	if err := way(ctx, l); err != nil {
		return err
	}
	if err := wait(ctx, l.options.settle/2); err != nil {
		return err
	}
	l.out.Shown = l.traffic.Meter.Now()
	return nil
}

func (l *loaded) mark(text string) {
	l.out.Marks = append(l.out.Marks, report.ProofMark{At: l.traffic.Meter.Now(), Text: text})
}

// newComes and oldGoes are the two ends of a rolling deployment.
func (l *loaded) newComes(ctx context.Context) {
	if l.new == nil {
		l.mark("the new version comes")
		l.new = l.traffic.Start(ctx, l.proving.new)
	}
}

func (l *loaded) oldGoes() {
	if l.old != nil {
		l.old.Stop()
		l.old = nil
		l.mark("the old version is gone")
	}
}

// step runs one step or statement, and notes when.
func (l *loaded) step(i int, run func() error) error {
	s := &l.out.Steps[i]
	s.From = l.traffic.Meter.Now()
	err := run()
	s.To = l.traffic.Meter.Now()
	return err
}

// originalUnderLoad runs the migrations as they are: the new version is deployed when
// they are through.
func (d *proving) originalUnderLoad(ctx context.Context) error {
	return d.underLoad(ctx, "the original under load", &d.report.Original, func(ctx context.Context, l *loaded) error {
		at := 0
		for _, f := range d.files() {
			err := l.originalFile(ctx, f.Script, &at)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err != nil {
				l.out.Stopped = err.Error()
				break
			}
		}
		l.sampler.Step(0)
		if err := wait(ctx, l.options.settle/2); err != nil {
			return err
		}
		if l.out.Stopped == "" {
			l.newComes(ctx)
			l.oldGoes()
		}
		return nil
	})
}

func (l *loaded) originalFile(ctx context.Context, s *change.Script, at *int) error {
	session, err := openPlain(ctx, l.db)
	if err != nil {
		return err
	}
	defer session.close()
	return send(ctx, s, l.db.Dialect, session, func(ctx context.Context, stmt *change.Stmt) error {
		i := *at
		*at++
		if i >= len(l.out.Steps) {
			return nil
		}
		l.show("the original under load: statement %d of %d", i+1, len(l.out.Steps))
		if err := l.sampler.Watch(ctx, session.conn, i+1); err != nil {
			return err
		}
		return l.step(i, func() error { return session.run(ctx, s, stmt) })
	})
}

// planUnderLoad runs the plan, with deployments where it asks for them.
func (d *proving) planUnderLoad(ctx context.Context) error {
	if len(d.plans) == 0 || d.report.Plan.Stopped != "" {
		return nil
	}
	return d.underLoad(ctx, "the plan under load", &d.report.Plan, func(ctx context.Context, l *loaded) error {
		for i, p := range d.plans {
			if i == d.newFrom() {
				l.newComes(ctx)
				if err := wait(ctx, breath); err != nil {
					return err
				}
			}
			if i == d.oldUntil() {
				l.oldGoes()
			}
			d.show("the plan under load: step %d of %d, %s", i+1, len(d.plans), p.title)
			err := l.planStep(ctx, i, p)
			var owed *owedError
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case errors.As(err, &owed) && !p.keptInStep():
				l.out.Steps[i].Remarks = append(l.out.Steps[i].Remarks, fmt.Sprintf("when it was done it owed %s again: the applications go on writing what it would change", progress.Count(owed.rows, "row")))
			case err != nil:
				l.out.Stopped = fmt.Sprintf("%s: %v", p.title, err)
				return nil
			}
			if err := wait(ctx, breath); err != nil {
				return err
			}
		}
		l.newComes(ctx)
		l.oldGoes()
		return d.dropSchema(ctx, l.db)
	})
}

func (l *loaded) planStep(ctx context.Context, i int, p *planStep) error {
	l.sampler.Step(i + 1)
	defer l.sampler.Step(0)
	return l.step(i, func() error {
		return l.runStep(ctx, l.db, p, backfill.DefaultOptions(), func(s *sql.Conn) error { return l.sampler.Watch(ctx, s, i+1) })
	})
}
