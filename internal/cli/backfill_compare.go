package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/progress"
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
		Description: "Ranges of the key are compared by sums over the rows' hashes, and where those differ in smaller ranges, down to the rows. Nothing is written.\n" +
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
	r, err := p.compare(c, one, two)
	if err != nil {
		return err
	}
	b := &backfiller{program: p, cli: c}
	if c.String(flagFormat) == "json" {
		err = b.sayJSON(comparedJSON(&r))
	} else {
		err = b.sayf("%s", comparedText(c.Args().Get(0), c.Args().Get(1), &r))
	}
	if err == nil && !r.Clean() {
		err = errFindings
	}
	return err
}

// compare says every ten seconds how far it is.
func (p *program) compare(c *cli.Context, one, two *livedb.DB) (backfill.CompareResult, error) {
	a, b, err := backfill.TableSides(c.Context, one, c.Args().Get(0), two, c.Args().Get(1), c.StringSlice(flagIgnore))
	if err != nil {
		return backfill.CompareResult{}, err
	}
	told := time.Now()
	return backfill.Compare(c.Context, a, b, backfill.CompareOptions{Hear: func(rows int64, upTo backfill.Bound) {
		if time.Since(told) >= lineEvery {
			told = time.Now()
			p.logf("%s compared, up to %s", progress.Count(rows, "row"), upTo)
		}
	}})
}

func comparedText(table, other string, r *backfill.CompareResult) string {
	if r.Clean() {
		return fmt.Sprintf("%s and %s are the same: %s compared", table, other, progress.Count(r.Rows, "row"))
	}
	lines := []string{fmt.Sprintf("%s and %s differ: %s compared", table, other, progress.Count(r.Rows, "row"))}
	for _, part := range []struct {
		n    int64
		what string
	}{{r.Missing, "missing in " + other}, {r.Extra, "only in " + other}, {r.Different, "with other values"}} {
		if part.n > 0 {
			lines = append(lines, "  "+progress.Count(part.n, "row")+" "+part.what)
		}
	}
	for _, d := range r.First {
		lines = append(lines, fmt.Sprintf("    %s: %s", d.Key, d.Kind))
	}
	return strings.Join(lines, "\n")
}

func comparedJSON(r *backfill.CompareResult) map[string]any {
	first := []map[string]any{}
	for _, d := range r.First {
		first = append(first, map[string]any{"key": d.Key, "kind": d.Kind})
	}
	return map[string]any{
		"version": 1, "clean": r.Clean(), "rows": r.Rows, "missing": r.Missing, "extra": r.Extra, "different": r.Different, "first": first,
	}
}
