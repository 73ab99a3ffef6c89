package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/progress"
	"github.com/safemig/safemig/internal/throttle"
	"github.com/safemig/safemig/internal/wording"
)

func (p *program) backfillRun(c *cli.Context) error {
	o, err := backfillOptions(c)
	if err != nil {
		return err
	}
	o.Runner = p.runner()
	limits, err := brakes(c)
	if err != nil {
		return err
	}
	beside(&limits, &o)
	return p.about(c, func(ctx context.Context, b *backfiller) error {
		j, err := b.read()
		if err != nil {
			return err
		}
		if c.Bool(flagDryRun) {
			return b.dryRun(ctx, j, o)
		}
		m := newMonitor(p, c, b.name)
		if err := b.preflight(ctx, m, j, o); err != nil {
			return m.reported(err)
		}
		return m.reported(b.run(ctx, m, j, o, limits))
	})
}

// run does the job, and says what became of it.
func (b *backfiller) run(ctx context.Context, m *monitor, j *backfill.Job, o backfill.Options, limits throttle.Config) (err error) {
	serving, err := m.serve(ctx, b.cli.String(flagMetricsAddr))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, serving()) }()
	// What ctx ends is ended batch by batch; only a second signal aborts.
	working, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	brake, unwatch, err := b.brake(working, m, j, limits)
	if err != nil {
		return err
	}
	defer unwatch()
	guard := &patience{brake: brake, most: b.cli.Duration(flagMaxThrottle)}
	r, err := backfill.Start(ctx, b.db, j, o, guard, m)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if rec := r.Record(); rec.State == backfill.Done {
		m.say(fmt.Sprintf("is done already, since %s; --%s begins it anew", clock(rec.Ended), flagRestart))
		return nil
	}
	guard.begin(r.Stop)
	m.begin(r)
	release := b.onInterrupt(ctx, m, r.Stop, abort)
	err = b.outcome(r.Work(working), r, guard, ctx.Err() != nil, working.Err() != nil)
	release()
	m.end(err)
	if err == nil {
		err = errors.Join(b.finished(m), b.room(working, m, r))
	}
	if err == nil && !b.cli.Bool(flagNoVerify) {
		err = b.verifyDone(ctx, m, j, brake)
	}
	return err
}

// onInterrupt ends the run at the first signal with the batches that run, and at
// the second at once.
func (b *backfiller) onInterrupt(ctx context.Context, m *monitor, stop, abort func()) (release func()) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ended := make(chan struct{})
	go func() {
		select {
		case <-ended:
			return
		case <-ctx.Done():
		}
		m.say("interrupted: the batches that run are ended first; once more aborts them")
		stop()
		for n := 0; n < 2; n++ { // the first signal is the one that has ended ctx
			select {
			case <-ended:
				return
			case <-signals:
			}
		}
		m.say("aborted: the server rolls the batches back that run")
		abort()
	}()
	return func() { signal.Stop(signals); close(ended) }
}

// outcome says how a run ended that did not finish its work.
func (b *backfiller) outcome(err error, r *backfill.Run, guard *patience, interrupted, aborted bool) error {
	share := progress.Percent(r.Progress().Share)
	goOn := "; to go on" + b.again()
	over := guard.exceeded()
	switch {
	case err == nil:
		return nil
	case aborted:
		return fmt.Errorf("aborted at %s; what was committed stays%s", share, goOn)
	case errors.Is(err, backfill.ErrCancelled):
		return fmt.Errorf("%s was cancelled at %s; what was committed stays; --%s begins it anew", b.name, share, flagRestart)
	case !errors.Is(err, backfill.ErrStopped):
		return fmt.Errorf("%w\nstopped at %s; what was committed stays%s%s", err, share, b.advice(err), goOn)
	case over != "":
		return &guardError{fmt.Errorf("stopped at %s: throttled for longer than --%s %s: %s%s", share, flagMaxThrottle, guard.most, over, goOn)}
	case interrupted:
		return fmt.Errorf("interrupted at %s; what was committed stays%s", share, goOn)
	}
	return fmt.Errorf("%w at %s%s", err, share, goOn)
}

// advice is what can be done about an error.
func (b *backfiller) advice(err error) string {
	var bad *backfill.BadRowError
	if errors.As(err, &bad) {
		return fmt.Sprintf("; mend the row, or pass over such rows with --%s", flagSkipBadRows)
	}
	return ""
}

// again is the command that goes on with the job, without what must not be seen.
func (b *backfiller) again() string {
	words := []string{"safemig", "backfill", "run", wording.ShellWord(b.cli.Args().First())}
	hidden := false
	for _, f := range b.cli.Command.Flags {
		name := f.Names()[0]
		if !b.cli.IsSet(name) || name == flagRestart {
			continue
		}
		for _, value := range values(b.cli, f, name) {
			value, hides := b.shown(name, value)
			hidden = hidden || hides
			words = append(words, value)
		}
	}
	text := ":\n    " + strings.Join(words, " ")
	if hidden {
		text = ", with what is secret" + text
	}
	return text
}

// values are a flag's values as they are written on the command line.
func values(c *cli.Context, f cli.Flag, name string) []string {
	switch f.(type) {
	case *cli.BoolFlag:
		return []string{""}
	case *cli.StringSliceFlag:
		return c.StringSlice(name)
	}
	return []string{fmt.Sprint(c.Value(name))}
}

func (b *backfiller) shown(name, value string) (text string, hidden bool) {
	switch name {
	case flagDSN, flagReplica:
		if place, has := b.places[value]; has {
			value = place
		} else {
			value, hidden = livedb.Redacted(value)
		}
	case flagThrottleHTTP:
		if u, err := url.Parse(value); err == nil && (u.User != nil || u.RawQuery != "") {
			u.User, u.RawQuery, hidden = nil, "", true
			value = u.String()
		}
	}
	if value == "" {
		return "--" + name, hidden
	}
	return "--" + name + " " + wording.ShellWord(value), hidden
}

// finished says what was done.
func (b *backfiller) finished(m *monitor) error {
	s := m.snapshot(time.Now())
	text := fmt.Sprintf("%s is done: %s changed in %s, in %s", b.name, progress.Count(s.Rows, "row"), progress.Count(s.Batches, "batch"), progress.Time(s.At.Sub(s.Began)))
	if s.Held >= time.Second {
		text += fmt.Sprintf(" (%s of it waiting)", progress.Time(s.Held))
	}
	if s.Bad > 0 {
		text += fmt.Sprintf("; %s passed over, which safemig.backfill_errors names", progress.Count(s.Bad, "row"))
	}
	if !m.json {
		if err := b.sayf("%s", text); err != nil {
			return err
		}
	}
	return nil
}

// room says how many updates found room in their pages.
func (b *backfiller) room(ctx context.Context, m *monitor, r *backfill.Run) error {
	h, err := r.HOT(ctx)
	if err != nil {
		m.say(fmt.Sprintf("how many updates stayed within their page is not known: %v", err))
		return nil
	}
	if h == nil {
		return nil
	}
	if m.json {
		m.say(h.String())
		return nil
	}
	return b.sayf("%s", h)
}

func clock(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// faults are those that metrics name from the start, so that a graph begins with them.
func faults() []string {
	var out []string
	for _, f := range []backfill.Fault{backfill.Collision, backfill.Timeout, backfill.Lost, backfill.Data, backfill.Full} {
		out = append(out, f.String())
	}
	slices.Sort(out)
	return out
}
