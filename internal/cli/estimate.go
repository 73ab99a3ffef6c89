package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/stats"
)

// The names of the flags of estimate.
const (
	flagRowBytes  = "row-bytes"
	flagCalibrate = "calibrate"
)

func estimateFormats() []format[*report.Estimate] {
	return []format[*report.Estimate]{
		{"text", report.EstimateText},
		{"json", func(w io.Writer, r *report.Estimate, _ report.Style) error { return report.EstimateJSON(w, r) }},
		{"markdown", func(w io.Writer, r *report.Estimate, _ report.Style) error { return report.EstimateMarkdown(w, r) }},
	}
}

func (p *program) estimateCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "estimate",
		Usage:     "say what a migration and its plan cost: time, log, disk, locks, and when to run it",
		ArgsUsage: "[PATH...|PLAN|JOB]",
		Description: "PATH is as for fix: a migration as it stands, and the plan that fix makes of it. PLAN is a folder in pending/, or its name; JOB the file of a backfill, or its name.\n" +
			"How large tables are is asked of a server (--dsn, by read-only queries), or given. Each figure says what it is computed from.\n" +
			"Exit status: 0 done, 2 something could not be estimated.",
		Flags:  append(append(inputFlags(), outputFlags(names(estimateFormats()))...), estimateFlags()...),
		Action: p.estimate,
	})
}

func estimateFlags() []cli.Flag {
	o := backfill.DefaultOptions()
	return []cli.Flag{
		&cli.StringFlag{Name: flagDSN, Usage: "`DSN` of a running server, whose statistics and schema (PostgreSQL) are read, read-only"},
		&cli.StringFlag{Name: flagStats, Usage: "`FILE` with the sizes of tables, as safemig stats writes it"},
		&cli.StringSliceFlag{Name: flagRows, Usage: "a table's rows, as `TABLE=NUMBER`; repeatable"},
		&cli.StringSliceFlag{Name: flagRowBytes, Usage: "what a row of a table takes, as `TABLE=BYTES`; repeatable"},
		&cli.DurationFlag{Name: flagCalibrate, Usage: "try the work on a sample of the rows for so much `TIME` in all, on the server of --dsn; nothing of it stays", DefaultText: "nothing is tried"},
		&cli.Int64Flag{Name: flagMaxRows, Value: o.MaxRows, Usage: "most `ROWS` of a batch, as backfill run has it"},
		&cli.Float64Flag{Name: flagMaxShare, Value: 100 * o.MaxShare, Usage: "most `PERCENT` of the table's rows in a batch"},
		&cli.Float64Flag{Name: flagNiceRatio, Value: o.NiceRatio, Usage: "rest after each batch for `TIMES` as long as it took"},
		&cli.BoolFlag{Name: flagUnthrottled, DisableDefaultText: true, Usage: "as backfill run --unthrottled: no rests, and batches as large as they can be"},
	}
}

// estimator gathers what is to be estimated, and then estimates it.
type estimator struct {
	*program
	settings *settings
	work     *work
	fixer    *fixer
	db       *livedb.DB // nil: figures are given
	pace     estimate.Pace
	asked    []*asked
	left     int // migrations that somebody may have run
	sizes    *stats.Stats
}

// asked is one thing to estimate: a migration with its plan, a plan, or a job.
type asked struct {
	name, path, dialect string
	original, plan      *estimate.Plan
	noPlan              string // why there is no plan
	trials              []trial
	tried               []string // what was measured, and what could not be
}

func (p *program) estimate(c *cli.Context) error {
	s, err := p.settings(c)
	if err != nil {
		return err
	}
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return err
	}
	outputs, err := outputs(c, estimateFormats())
	if err != nil {
		return err
	}
	e := &estimator{program: p, settings: s}
	if err := e.begin(c); err != nil {
		return err
	}
	defer e.close()
	if err := e.gather(c.Context); err != nil {
		return err
	}
	result, err := e.result(c.Context)
	if err != nil {
		return err
	}
	if err := write(p, c, result, outputs); err != nil {
		return err
	}
	return e.work.verdict(false)
}

// begin checks the command line, and reaches the server.
func (e *estimator) begin(c *cli.Context) (err error) {
	if err := e.checkFlags(c); err != nil {
		return err
	}
	if e.fixer, err = newFixer(e.settings); err != nil {
		return err
	}
	if err := e.openFacts(c.Context); err != nil || e.db == nil {
		return err
	}
	e.settings.server = map[string]string{flagServerVersion: e.db.Version.String(), flagDialect: e.db.Dialect}
	return nil
}

// openFacts reaches the server that is named, or reads the file of sizes.
func (e *estimator) openFacts(ctx context.Context) (err error) {
	dsn := e.settings.cli.String(flagDSN)
	if dsn == "" {
		return e.readStats()
	}
	if e.db, err = livedb.Attach(ctx, dsn); err != nil {
		return fmt.Errorf("--%s: %w", flagDSN, err)
	}
	return nil
}

func (e *estimator) close() {
	if e.db != nil {
		_ = e.db.Close() // nothing was written
	}
}

// checkFlags holds the figures that are given.
func (e *estimator) checkFlags(c *cli.Context) error {
	o := backfill.DefaultOptions()
	if c.Bool(flagUnthrottled) {
		o = o.Unthrottled()
	}
	batchLimits(c, &o)
	switch {
	case o.MaxRows < 1:
		return usage(c.Command, "--%s %d: a batch needs a row", flagMaxRows, o.MaxRows)
	case o.NiceRatio < 0 || o.MaxShare < 0:
		return usage(c.Command, "--%s and --%s are not negative", flagNiceRatio, flagMaxShare)
	case c.IsSet(flagCalibrate) && c.String(flagDSN) == "":
		return usage(c.Command, "--%s tries the work on a server: give its --%s", flagCalibrate, flagDSN)
	case c.IsSet(flagCalibrate) && c.Duration(flagCalibrate) <= 0:
		return usage(c.Command, "--%s needs a time, such as 10s", flagCalibrate)
	case c.IsSet(flagStats) && c.String(flagDSN) != "":
		return usage(c.Command, "the sizes come from --%s or from --%s, not from both", flagDSN, flagStats)
	}
	e.pace = paceOf(&o)
	return nil
}

// gather reads what is asked for: a plan, a job, or migrations.
func (e *estimator) gather(ctx context.Context) error {
	p, err := e.pendingPlan()
	if err != nil {
		return err
	}
	if p != nil {
		return e.gatherPlan(ctx, p)
	}
	job, text, err := e.job()
	if err != nil {
		return err
	}
	if job != nil {
		return e.gatherJob(job, text)
	}
	return e.gatherMigrations(ctx)
}

// gatherMigrations reads migrations, and makes their plans.
func (e *estimator) gatherMigrations(ctx context.Context) error {
	var live []byte
	var err error
	if e.db != nil && e.db.Dialect == "postgres" && e.settings.text(flagSchema) == "" {
		if live, err = e.settings.liveSchema(ctx); err != nil {
			return err
		}
	}
	w, err := e.load(e.settings)
	if err != nil {
		return err
	}
	if err := w.replayLive(live); err != nil {
		return err
	}
	e.work, e.fixer.live = w, live != nil
	err = w.walk(ctx, func(g *group, f *layout.File) error { return e.visit(ctx, g, f) })
	if err == nil && e.left > 0 {
		e.logf("%d migrations are left out, because somebody may have run them: name one to have it estimated all the same", e.left)
	}
	return err
}

// visit takes a migration as it stands, and has its plan made.
func (e *estimator) visit(ctx context.Context, g *group, file *layout.File) error {
	f, script := e.fixer, file.Script
	if !file.Judge {
		return f.visit(ctx, e.work, g, file)
	}
	if !f.named(script.Path) {
		applied, err := f.applied(ctx, e.work, g, script)
		if err != nil {
			return err
		}
		if applied != "" {
			e.left++
			if f.live {
				return nil // the server has it
			}
			return e.work.history(g, file)
		}
	}
	a := &asked{name: planName(script.Path), path: script.Path, dialect: g.dialect.Target.Dialect}
	a.original = &estimate.Plan{Name: a.name, Steps: []estimate.Step{standing(g, script)}}
	before := g.checker.Fork()
	kept, unfixed := len(f.kept), len(f.report.Unfixed)
	f.anyway = true
	err := f.visit(ctx, e.work, g, file)
	f.anyway = false
	if err != nil {
		return err
	}
	e.asked = append(e.asked, a)
	a.trials = buildsOf(a.original.Steps[0].Statements)
	if len(f.kept) > kept {
		t := f.kept[len(f.kept)-1]
		a.plan, err = e.planOf(t, stepsOf(t, t.files), before, a)
		return err
	}
	a.noPlan = "safemig fix finds nothing in it that a plan would make better"
	if len(f.report.Unfixed) > unfixed {
		a.noPlan = "safemig fix has no plan for it: " + f.report.Unfixed[unfixed].Reason
	}
	return nil
}
