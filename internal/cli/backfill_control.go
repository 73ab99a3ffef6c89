package cli

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/wording"
)

func (p *program) backfillPause(c *cli.Context) error {
	return p.about(c, func(ctx context.Context, b *backfiller) error {
		was, err := backfill.Pause(ctx, b.db, b.name)
		if err != nil {
			return err
		}
		goOn := "safemig backfill resume " + wording.ShellWord(b.name)
		switch {
		case was.State == backfill.Paused:
			return b.sayf("%s is paused already; %s lets it go on", b.name, goOn)
		case was.Live:
			return b.sayf("%s is paused: its runner (%s) ends the batches that run and waits; %s lets it go on", b.name, was.Runner, goOn)
		}
		return b.sayf("%s is paused: no runner is at it, and the next one waits until %s", b.name, goOn)
	})
}

func (p *program) backfillResume(c *cli.Context) error {
	return p.about(c, func(ctx context.Context, b *backfiller) error {
		was, err := backfill.Resume(ctx, b.db, b.name)
		if err != nil {
			return err
		}
		switch {
		case was.State != backfill.Paused && was.Live:
			return b.sayf("%s is not paused: %s is at it", b.name, was.Runner)
		case was.State != backfill.Paused:
			return b.sayf("%s is not paused, but no runner is at it: %s goes on with it", b.name, b.runAgain())
		case was.Live:
			return b.sayf("%s goes on: its runner (%s) has waited", b.name, was.Runner)
		}
		return b.sayf("%s is no longer paused; no runner is at it: %s goes on with it", b.name, b.runAgain())
	})
}

func (p *program) backfillCancel(c *cli.Context) error {
	return p.about(c, func(ctx context.Context, b *backfiller) error {
		was, err := backfill.Cancel(ctx, b.db, b.name)
		if err != nil {
			return err
		}
		switch {
		case was.State == backfill.Cancelled:
			return b.sayf("%s was cancelled already", b.name)
		case was.Live:
			return b.sayf("%s is cancelled: its runner (%s) ends the batches that run and stops. What was changed stays so; %s --%s begins anew", b.name, was.Runner, b.runAgain(), flagRestart)
		}
		return b.sayf("%s is cancelled. What was changed stays so; %s --%s begins anew", b.name, b.runAgain(), flagRestart)
	})
}

// sayf writes a line to stdout.
func (p *program) sayf(format string, args ...any) error {
	if _, err := fmt.Fprintf(p.stdout, format+"\n", args...); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func (b *backfiller) runAgain() string { return "safemig backfill run " + wording.ShellWord(b.name) }
