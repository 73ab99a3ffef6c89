package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/report"
)

const (
	flagRows    = "rows"
	flagData    = "data"
	flagTimeout = "timeout"
	flagMaxDisk = "max-disk"

	defaultRows = 10000
)

func traceFormats() []format[*report.Trace] {
	return []format[*report.Trace]{{"text", report.TraceText}, {"json", report.TraceJSON}, {"html", report.TraceHTML}}
}

func (p *program) traceCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "trace",
		Usage:     "run migrations on a throw-away server, and show the locks that they really take",
		ArgsUsage: "FILE...",
		Description: "The files that come before run first, and every table concerned gets rows. Then the files run as their tool sends them, statement by statement.\n" +
			"The exit status is 1 where the server does something else than safemig says.",
		Flags: append(append(inputFlags(), outputFlags(names(traceFormats()))...),
			&cli.StringFlag{Name: flagDSN, Usage: "`DSN` of a server to make a database of our own on, else a server of this machine is started"},
			&cli.Int64Flag{Name: flagRows, Value: defaultRows, Usage: "`NUMBER` of rows made up for each table concerned"},
			&cli.StringFlag{Name: flagData, Usage: "SQL `FILE` that makes the rows instead"},
			&cli.DurationFlag{Name: flagTimeout, Value: 15 * time.Minute, Usage: "stop after this `TIME`"},
			&cli.StringFlag{Name: flagMaxDisk, Value: "10GB", Usage: "stop when the database takes this `SIZE` on disk"},
		),
		Action: p.trace,
	})
}

// traceOptions are what the flags of trace say.
type traceOptions struct {
	rows    int64
	data    string
	timeout time.Duration
	disk    int64
	outputs []output[*report.Trace]
}

func readTraceOptions(c *cli.Context) (o traceOptions, err error) {
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return o, err
	}
	outputs, err := outputs(c, traceFormats())
	if err != nil {
		return o, err
	}
	o, err = readRunOptions(c)
	o.outputs = outputs
	return o, err
}

// readRunOptions are those of every command that runs migrations on rows that are made up.
func readRunOptions(c *cli.Context) (o traceOptions, err error) {
	o.rows, o.data, o.timeout = c.Int64(flagRows), c.String(flagData), c.Duration(flagTimeout)
	switch {
	case c.NArg() == 0:
		return o, usage(c.Command, "which migrations are to run? give their files")
	case o.rows < 0:
		return o, usage(c.Command, "--%s %d is no number of rows", flagRows, o.rows)
	case o.data != "" && c.IsSet(flagRows):
		return o, usage(c.Command, "the rows come from --%s or from --%s, not from both", flagData, flagRows)
	case o.timeout <= 0:
		return o, usage(c.Command, "--%s %s is no time", flagTimeout, o.timeout)
	}
	if o.data != "" {
		o.rows = 0
	}
	if o.disk, err = bytesOf(c.String(flagMaxDisk)); err != nil {
		return o, usage(c.Command, "--%s: %w", flagMaxDisk, err)
	}
	return o, nil
}

// bytesOf reads a size, with PostgreSQL's units: powers of 1024.
// https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES
func bytesOf(text string) (int64, error) {
	t := strings.ToLower(strings.ReplaceAll(text, " ", ""))
	for unit, by := range map[string]int64{"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40} {
		number, is := strings.CutSuffix(t, unit)
		if !is {
			continue
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err == nil && n > 0 && n <= math.MaxInt64/by {
			return n * by, nil
		}
	}
	return 0, fmt.Errorf("%q is not a size such as 500MB or 10GB", text)
}

func (p *program) trace(c *cli.Context) (err error) {
	o, err := readTraceOptions(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(c.Context, o.timeout, &stopError{fmt.Sprintf("stopped after %s (--%s)", o.timeout, flagTimeout)})
	defer cancel()
	t := &tracing{program: p, options: o, show: p.progress(c)}
	defer func() { err = errors.Join(err, t.close()) }()
	if t.settings, err = p.settings(c); err != nil {
		return err
	}
	if err := t.attach(ctx); err != nil {
		return because(ctx, err)
	}
	if t.work, err = p.load(t.settings); err != nil {
		return err
	}
	if err := t.prepare(ctx); err != nil {
		return because(ctx, err)
	}
	err = t.run(ctx)
	t.show("")
	if err != nil {
		return t.stopped(c, err)
	}
	if err := write(p, c, &t.report, o.outputs); err != nil {
		return err
	}
	return t.verdict()
}

// stopError ends a run that takes more than it may.
type stopError struct{ why string }

func (e *stopError) Error() string { return e.why }

// stopped shows what was seen until the run took too long or too much.
func (t *tracing) stopped(c *cli.Context, err error) error {
	var stop *stopError
	if !errors.As(err, &stop) || len(t.report.Steps) == 0 {
		return err
	}
	t.report.Remarks = append(t.report.Remarks, stop.why)
	t.gather()
	if err := write(t.program, c, &t.report, t.options.outputs); err != nil {
		return err
	}
	return err
}

func (t *tracing) verdict() error {
	switch {
	case t.report.Failed():
		t.logf("the server refused a statement: what stands behind it was not run")
		return errReported
	case t.report.Contradictions() > 0:
		return errFindings
	}
	return nil
}

// remedy is what to do where there is no server.
const remedy = "install one, name the folder of its programs in %s, fetch all of them with `make servers` in safemig's source, or give the --dsn of a scratch server"

// withRemedy says what to do where no server is found.
func withRemedy(dialect string, err error) error {
	variable := "SAFEMIG_PG_BINS"
	if dialect != "postgres" {
		variable = "SAFEMIG_MYSQL_BINS"
	}
	return fmt.Errorf("%w: "+remedy, err, variable)
}

// traceSettings make a throw-away server write as much WAL as one that is to last, and
// MariaDB show its metadata locks.
func traceSettings(dialect string) livedb.Options {
	switch dialect {
	case "postgres":
		return livedb.Options{Settings: []string{"full_page_writes=on", "shared_buffers=128MB", "max_wal_size=2GB", "maintenance_work_mem=64MB"}}
	case "mariadb":
		return livedb.Options{Settings: []string{"performance-schema=ON", "performance-schema-instrument=wait/lock/metadata/sql/mdl=ON"}}
	}
	return livedb.Options{}
}
