package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/report"
)

const (
	flagWorkload = "workload"
	flagRate     = "rate"
	flagSessions = "sessions"
	flagSettle   = "settle"
	flagMaxStall = "max-stall"

	defaultRate     = 200
	defaultSessions = 8
	mostSessions    = 200
)

func proofFormats() []format[*report.Proof] {
	return []format[*report.Proof]{{"text", report.ProofText}, {"json", report.ProofJSON}, {"html", report.ProofHTML}}
}

func (p *program) proveCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "prove",
		Usage:     "run migrations and their plan side by side under load on a throw-away server",
		ArgsUsage: "FILE...",
		Description: "Two databases begin with the same schema and rows. In one the files run as they are, in the other the plan that safemig fix makes of them, with its backfills,\n" +
			"while an application reads and writes. Whom each way keeps waiting, and for how long, is measured; then catalogue and rows are compared, every write is looked for,\n" +
			"and the plan is taken back and run again. The exit status is 1 where the plan does not hold what it promises.",
		Flags: append(append(inputFlags(), outputFlags(names(proofFormats()))...),
			&cli.StringFlag{Name: flagDSN, Usage: "`DSN` of a server to make databases of our own on, else a server of this machine is started"},
			&cli.Int64Flag{Name: flagRows, Value: defaultRows, Usage: "`NUMBER` of rows made up for each table concerned"},
			&cli.StringFlag{Name: flagData, Usage: "SQL `FILE` that makes the rows instead"},
			&cli.StringFlag{Name: flagWorkload, Usage: "SQL `FILE` with what the application sends, else it is derived from the tables"},
			&cli.Float64Flag{Name: flagRate, Value: defaultRate, Usage: "`NUMBER` of statements a second of each version of the application"},
			&cli.IntFlag{Name: flagSessions, Value: defaultSessions, Usage: "`NUMBER` of sessions of each version of the application"},
			&cli.DurationFlag{Name: flagSettle, Value: 2 * time.Second, Usage: "`TIME` that the application runs before and after the change"},
			&cli.DurationFlag{Name: flagMaxStall, Value: time.Second, Usage: "`TIME` that a statement may have to wait for the plan, beside what the machine itself makes it wait"},
			&cli.DurationFlag{Name: flagTimeout, Value: 60 * time.Minute, Usage: "stop after this `TIME`"},
			&cli.StringFlag{Name: flagMaxDisk, Value: "20GB", Usage: "stop when the databases take this `SIZE` on disk"},
		),
		Action: p.prove,
	})
}

// proveOptions are what the flags of prove say.
type proveOptions struct {
	traceOptions
	flags    *cli.Context
	workload string
	rate     float64
	sessions int
	settle   time.Duration
	maxStall time.Duration
	outputs  []output[*report.Proof]
}

func readProveOptions(c *cli.Context) (o proveOptions, err error) {
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return o, err
	}
	if o.outputs, err = outputs(c, proofFormats()); err != nil {
		return o, err
	}
	if o.traceOptions, err = readRunOptions(c); err != nil {
		return o, err
	}
	o.flags = c
	o.workload, o.rate, o.sessions = c.String(flagWorkload), c.Float64(flagRate), c.Int(flagSessions)
	o.settle, o.maxStall = c.Duration(flagSettle), c.Duration(flagMaxStall)
	switch {
	case o.rate <= 0:
		return o, usage(c.Command, "--%s %v is no number of statements a second", flagRate, o.rate)
	case o.sessions < 1 || o.sessions > mostSessions:
		return o, usage(c.Command, "--%s %d is not between 1 and %d", flagSessions, o.sessions, mostSessions)
	case o.settle <= 0 || o.maxStall <= 0:
		return o, usage(c.Command, "--%s and --%s must be more than nothing", flagSettle, flagMaxStall)
	}
	return o, nil
}

func (p *program) prove(c *cli.Context) (err error) {
	o, err := readProveOptions(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(c.Context, o.timeout, &stopError{fmt.Sprintf("stopped after %s (--%s)", o.timeout, flagTimeout)})
	defer cancel()
	d := &proving{tracing: &tracing{program: p, options: o.traceOptions, show: p.progress(c)}, options: o, began: time.Now()}
	defer func() { err = errors.Join(err, d.close()) }()
	if err := d.open(ctx); err != nil {
		return because(ctx, err)
	}
	err = d.all(ctx)
	d.show("")
	if err != nil {
		return err
	}
	d.report.Took = time.Since(d.began)
	if err := write(p, c, &d.report, o.outputs); err != nil {
		return err
	}
	if !d.report.Holds() {
		return errFindings
	}
	return nil
}
