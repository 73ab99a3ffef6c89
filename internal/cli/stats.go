package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/stats"
	"github.com/safemig/safemig/internal/wholefile"
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
	name := c.String(flagFile)
	if err := p.mayWriteNamed(name); err != nil {
		return err
	}
	found, err := measure(c.Context, c.String(flagDSN))
	if err != nil {
		return err
	}
	if name != "" {
		if err := wholefile.Write(name, found.Write); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		tables := "tables"
		if len(found.Tables) == 1 {
			tables = "table"
		}
		p.logf("the sizes of %d %s of %s are in %s", len(found.Tables), tables, fact.DialectName(found.Dialect), filepath.ToSlash(name))
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
	dsn := w.cli.String(flagDSN)
	if dsn != "" && w.cli.IsSet(flagStats) {
		return usage(w.cli.Command, "the sizes come from --%s or from --%s, not from both", flagDSN, flagStats)
	}
	var read []*sizes
	for _, g := range w.groups {
		from := sizes{dsn: dsn, file: g.settings.text(flagStats)}
		if from.dsn == "" && from.file == "" {
			continue
		}
		i := slices.IndexFunc(read, func(s *sizes) bool { return s.dsn != "" || s.file == from.file })
		if i < 0 {
			if err := from.read(ctx, g.settings); err != nil {
				return err
			}
			i, read = len(read), append(read, &from)
		}
		read[i].use(g)
	}
	for _, s := range read {
		if err := s.say(w); err != nil {
			return err
		}
	}
	return nil
}

// sizes are the sizes of tables, and where they come from.
type sizes struct {
	dsn, file string
	name      string // what messages call it
	found     *stats.Stats
	used      bool
}

// read asks the server, else reads the file.
func (s *sizes) read(ctx context.Context, settings *settings) (err error) {
	if s.dsn != "" {
		s.name = "--" + flagDSN
		s.found, err = measure(ctx, s.dsn)
		return err
	}
	s.name = settings.name(flagStats)
	if s.found, err = stats.Read(s.file); err != nil {
		return settings.wrong(flagStats, err)
	}
	return nil
}

func (s *sizes) use(g *group) {
	if s.found.For(g.dialect.Target.Dialect) {
		g.checker.UseSizes(s.found.Sizes(g.settings.file.Small))
		s.used = true
	}
}

func (s *sizes) say(w *work) error {
	name := fact.DialectName(s.found.Dialect)
	if !s.used {
		return fmt.Errorf("%s: the sizes are those of a %s server, and no file is for one", s.name, name)
	}
	w.notef("%s: %d tables of %s, as of %s", s.name, len(s.found.Tables), name, s.found.Taken.Format("2006-01-02"))
	return nil
}
