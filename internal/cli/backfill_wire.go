package cli

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/throttle"
)

// brakes are what the run must wait for, as the command line says.
func brakes(c *cli.Context) (throttle.Config, error) {
	out := throttle.Config{
		Replicas: c.StringSlice(flagReplica), IgnoreReplicas: c.StringSlice(flagIgnoreReplica), MaxLag: c.Duration(flagMaxLag), Query: c.String(flagThrottleQuery),
		File: c.String(flagThrottleFile), HTTP: c.String(flagThrottleHTTP), MaxRowsPerSecond: c.Int64(flagMaxRate),
	}
	for _, text := range c.StringSlice(flagWindow) {
		w, err := throttle.ParseWindow(text)
		if err != nil {
			return out, usage(c.Command, "--%s: %w", flagWindow, err)
		}
		out.Windows = append(out.Windows, w)
	}
	for _, text := range c.StringSlice(flagLimit) {
		name, _, _ := strings.Cut(text, "=")
		if name = strings.TrimSpace(name); !slices.Contains(throttle.LimitNames(), name) {
			return out, noneOf(c, "--"+flagLimit, name, throttle.LimitNames())
		}
		if err := out.SetLimit(text); err != nil {
			return out, usage(c.Command, "--%s: %w", flagLimit, err)
		}
	}
	if c.Bool(flagHeartbeat) && len(out.Replicas) == 0 {
		return out, usage(c.Command, "--%s needs a --%s to read it from", flagHeartbeat, flagReplica)
	}
	return out, nil
}

// beside has the preflight refuse what the brakes would hold for from the start.
func beside(c *throttle.Config, o *backfill.Options) {
	switch {
	case c.MaxHistory > 0:
		o.MostHistory = c.MaxHistory
	case c.MaxHistory < 0:
		o.MostHistory = math.MaxInt64
	}
	switch {
	case c.MaxTransaction > 0:
		o.MostReader = c.MaxTransaction
	case c.MaxTransaction < 0:
		o.MostReader = math.MaxInt64
	}
}

// brake watches what the run must wait for, until the context ends.
func (b *backfiller) brake(ctx context.Context, m *monitor, j *backfill.Job, c throttle.Config) (governor *throttle.Governor, end func(), err error) {
	c.Table, c.Hear, c.Sessions = j.Written(), m.say, m.sessions
	if b.cli.Bool(flagHeartbeat) {
		c.Heartbeat = b.name
	}
	if governor, err = throttle.New(b.db, c); err != nil {
		return nil, nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { governor.Watch(ctx) })
	return governor, func() { stop(); watching.Wait() }, nil
}

// preflight looks at what could go wrong, and refuses what nobody has accepted.
func (b *backfiller) preflight(ctx context.Context, m *monitor, j *backfill.Job, o backfill.Options) error {
	r, err := backfill.Preflight(ctx, b.db, j, o)
	if err != nil {
		return err
	}
	accepted := b.cli.StringSlice(flagAccept)
	for _, id := range accepted {
		if !r.Has(id) && id != acceptPassedOver && id != acceptDiffering {
			m.say(fmt.Sprintf("--%s %s: there is no such concern about this job", flagAccept, id))
		}
	}
	refusals := r.Refusals(accepted)
	for _, c := range r.Concerns {
		m.concern(c)
	}
	if len(refusals) == 0 {
		return nil
	}
	var ids []string
	for _, c := range refusals {
		if c.Final {
			return &guardError{fmt.Errorf("%s is not run: %s", b.name, c.Message)}
		}
		ids = append(ids, "--"+flagAccept+" "+c.ID)
	}
	return &guardError{fmt.Errorf("%s is not run; where you know better: %s", b.name, strings.Join(ids, " "))}
}

// concern is what is said of one.
func concern(c backfill.Concern) string {
	kind := "note"
	if c.Refuses {
		kind = "refused"
	}
	text := fmt.Sprintf("%s[%s]: %s", kind, c.ID, c.Message)
	if c.Remedy != "" {
		text += "\n    instead: " + c.Remedy
	}
	return text
}

// dryRun shows what a run would do.
func (b *backfiller) dryRun(ctx context.Context, j *backfill.Job, o backfill.Options) error {
	d, err := backfill.Explain(ctx, b.db, j, o)
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, line := range d.Plan {
		fmt.Fprintln(&out, line)
	}
	for i, sql := range d.Statements {
		fmt.Fprintf(&out, "\nbatch %d:\n%s\n", i+1, indented(sql))
	}
	if d.Report.Plan != "" {
		fmt.Fprintf(&out, "\nas the server runs it:\n%s\n", indented(d.Report.Plan))
	}
	for _, c := range d.Report.Concerns {
		fmt.Fprintf(&out, "\n%s\n", concern(c))
	}
	if err := b.sayf("%s\nNothing was changed.", strings.TrimSuffix(out.String(), "\n")); err != nil {
		return err
	}
	if refused := d.Report.Refusals(b.cli.StringSlice(flagAccept)); len(refused) > 0 {
		return &guardError{fmt.Errorf("%s would not be run: %d refused", b.name, len(refused))}
	}
	return nil
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
