package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/stats"
)

func (p *program) statsCommand() *cli.Command {
	return command(&cli.Command{
		Name:  "stats",
		Usage: "write the sizes of a server's tables, for lint --stats",
		Description: "One transaction that is READ ONLY reads the server's own statistics; no table is read.\n" +
			"The DSN is a URL (postgres://, mysql://, mariadb://), or user:password@tcp(host:3306)/name for MySQL and MariaDB.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: flagDSN, Usage: "`DSN` of the server"},
			&cli.StringFlag{Name: flagFile, Aliases: []string{"o"}, Usage: "`FILE` to write, else stdout"},
		},
		Action: p.stats,
	})
}

func (p *program) stats(c *cli.Context) error {
	if c.NArg() > 0 {
		return usage(c.Command, "stats takes no paths; it asks the server that --%s names", flagDSN)
	}
	if c.String(flagDSN) == "" {
		return usage(c.Command, "which server? give its --%s", flagDSN)
	}
	found, err := measure(c.Context, c.String(flagDSN))
	if err != nil {
		return err
	}
	if name := c.String(flagFile); name != "" {
		if err := writeFile(name, found.Write); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		p.logf("the sizes of %d tables of %s are in %s", len(found.Tables), fact.DialectName(found.Dialect), filepath.ToSlash(name))
		return nil
	}
	w := bufio.NewWriter(p.stdout)
	return errors.Join(found.Write(w), w.Flush())
}

func measure(ctx context.Context, dsn string) (*stats.Stats, error) {
	found, err := stats.Measure(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flagDSN, err)
	}
	return found, nil
}

// useSizes lets the rules know how large the tables are, where that is told.
func (w *work) useSizes(ctx context.Context) error {
	found, from, err := w.sizes(ctx)
	if found == nil || err != nil {
		return err
	}
	used := false
	for _, g := range w.groups {
		if found.For(g.dialect.Target.Dialect) {
			g.checker.UseSizes(found.Sizes(w.file.Small))
			used = true
		}
	}
	if !used && len(w.groups) > 0 {
		return fmt.Errorf("%s: the sizes are those of a %s server, and no file is for one", from, fact.DialectName(found.Dialect))
	}
	w.notef("%s: %d tables of %s, as of %s", from, len(found.Tables), fact.DialectName(found.Dialect), found.Taken.Format("2006-01-02"))
	return nil
}

// sizes are those of the server that is asked, else those of the file.
func (w *work) sizes(ctx context.Context) (found *stats.Stats, from string, err error) {
	dsn, file := w.cli.String(flagDSN), w.text(flagStats)
	switch {
	case dsn != "" && w.cli.IsSet(flagStats):
		return nil, "", usage(w.cli.Command, "the sizes come from --%s or from --%s, not from both", flagDSN, flagStats)
	case dsn != "":
		found, err = measure(ctx, dsn)
		return found, "--" + flagDSN, err
	case file != "":
		if found, err = stats.Read(file); err != nil {
			return nil, "", w.wrong(flagStats, err)
		}
		return found, w.name(flagStats), nil
	}
	return nil, "", nil
}
