package cli

import (
	"errors"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/report"
)

// The flags of compare, and the environment's DSN of the other server.
const (
	flagWith   = "with"
	flagIgnore = "ignore"
	envWith    = "SAFEMIG_WITH_DSN"
)

func (p *program) backfillCompareCommand() *cli.Command {
	flags := []cli.Flag{
		&cli.StringFlag{Name: flagWith, Usage: "`DSN` of the server that OTHER is on, else " + envWith + " of the environment, else the same one"},
		&cli.StringSliceFlag{Name: flagIgnore, Usage: "leave the column `NAME` out; repeatable"}, formatFlag(),
	}
	return command(&cli.Command{
		Name: "compare", HelpName: "safemig backfill compare", ArgsUsage: "TABLE OTHER", Usage: "compare the rows of two tables, on one server or on two",
		Description: "What safemig verify does for two tables, which can do more. Nothing is written.\n" +
			"Exit status: 0 the rows are the same, 1 some differ, 2 there is no verdict.",
		Flags: append(flags, serverFlags()...), Action: p.backfillCompare,
	})
}

func (p *program) backfillCompare(c *cli.Context) (err error) {
	if err := oneOf(c, flagFormat, statusFormats()); err != nil {
		return err
	}
	if c.NArg() != 2 {
		return usage(c.Command, "which tables? give the names of two")
	}
	one, err := p.attach(c, flagDSN, envDSN)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, one.Close()) }()
	two := one
	if c.String(flagWith) != "" || p.getenv(envWith) != "" {
		if two, err = p.attach(c, flagWith, envWith); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, two.Close()) }()
	}
	watch := newVerifyWatch(p)
	asked := comparisonAsked{Table: c.Args().Get(0), ToTable: c.Args().Get(1), Ignore: c.StringSlice(flagIgnore)}
	prepared, err := compare.Prepare(c.Context, asked.spec(one, two), compare.Options{Short: true, Hear: watch.hear})
	if err != nil {
		return err
	}
	watch.begin(prepared.Name())
	r, err := prepared.Compare(c.Context)
	watch.end()
	if err != nil {
		return err
	}
	if c.String(flagFormat) == "json" {
		err = (&backfiller{program: p, cli: c}).sayJSON(comparedJSON(&r))
	} else {
		err = verifyText(p.stdout, &verifyReport{Results: []compare.Result{r}}, report.Style{})
	}
	if err == nil && !r.Same() {
		err = errFindings
	}
	return err
}

func comparedJSON(r *compare.Result) map[string]any {
	first := []map[string]any{}
	for _, d := range r.First {
		first = append(first, map[string]any{"key": d.Key, "kind": d.Kind})
	}
	return map[string]any{
		"version": 1, "clean": r.Same(), "rows": r.RowsA, "missing": r.Missing, "extra": r.Extra, "different": r.Differ, "first": first,
	}
}
