package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/scaffold"
	"github.com/safemig/safemig/rewrite"
)

// scaffoldUsage says what each flag of a plan is for.
func scaffoldUsage(flag string) string {
	switch flag {
	case "table":
		return "`NAME` of the table, or schema.name; as it stands, or in double quotes as SQL has it"
	case "from":
		return "`NAME` of the column now"
	case "to":
		return "`NAME` of the column, or the table, to be"
	case "column":
		return "`NAME` of the column"
	case "type":
		return "`TYPE` of the column to be, as SQL has it"
	case "using":
		return "`EXPRESSION` that makes the new value of the old one"
	case "inverse":
		return "`EXPRESSION` that makes the old value of the new one, over the column's name"
	case "default":
		return "`EXPRESSION` that rows with a NULL get, and new rows without a value"
	case "columns":
		return "`NAMES` of the columns that move, with commas between them"
	case "into":
		return "`NAME` of the new table"
	case "key":
		return "`NAMES` of the columns that both tables are joined by, else the primary key"
	}
	return ""
}

func (p *program) scaffoldCommand() *cli.Command {
	flags := slices.DeleteFunc(inputFlags(), func(f cli.Flag) bool { return f.Names()[0] == flagStdinFilename })
	for _, name := range scaffold.Flags() {
		flags = append(flags, &cli.StringFlag{Name: name, Usage: scaffoldUsage(name)})
	}
	var plans []string
	for _, k := range scaffold.Kinds() {
		words := k.Name
		for _, f := range k.Needs {
			words += " --" + f + " .."
		}
		for _, f := range k.MayHave {
			words += " [--" + f + " ..]"
		}
		plans = append(plans, "  "+words)
	}
	return command(&cli.Command{
		Name:      "scaffold",
		Usage:     "make the plan for a change that nobody has written down yet",
		ArgsUsage: "PLAN [PATH]",
		Description: "PLAN is one of\n" + strings.Join(plans, "\n") + "\n" +
			"PATH is the migration directory, else that of the configuration, else the usual one; the plan begins with a new migration behind the last.\n" +
			"Everything else is as with fix.\n" +
			"Exit status: 0 done, 2 there is no plan.",
		Flags: append(append(flags, outputFlags(names(fixFormats()))...),
			&cli.BoolFlag{Name: flagWrite, DisableDefaultText: true, Usage: "write the files, all of them or none"},
			&cli.StringFlag{Name: flagDSN, Usage: "`DSN` of a running PostgreSQL server whose schema is read, read-only, in place of the earlier migrations"},
		),
		Action: p.scaffold,
	})
}

func (p *program) scaffold(c *cli.Context) error {
	s, err := p.settings(c)
	if err != nil {
		return err
	}
	s.words = 1
	if err := s.scaffoldArguments(); err != nil {
		return err
	}
	outputs, err := outputs(c, fixFormats())
	if err != nil {
		return err
	}
	f := &fixer{settings: s, writers: map[*group]*layout.Writer{}, bases: map[string]*base{}}
	live, err := s.liveSchema(c.Context)
	if err != nil {
		return err
	}
	f.live = live != nil
	w, err := p.loadHome(s)
	if err != nil {
		return err
	}
	if err := w.replayLive(live); err != nil {
		return err
	}
	if err := w.walk(c.Context, func(g *group, file *layout.File) error { return f.learn(w, g, file) }); err != nil {
		return err
	}
	if err := f.scaffold(c.Context, w, w.groups[0]); err != nil {
		return err
	}
	if c.Bool(flagWrite) && len(f.report.Plans) > 0 {
		f.commit(w)
	}
	f.report.Targets, f.report.Problems = w.targets(), w.problems
	if err := write(p, c, &f.report, outputs); err != nil {
		return err
	}
	return w.verdict(false)
}

// ask is what the command line asks for.
func (s *settings) ask() scaffold.Ask {
	a := scaffold.Ask{Kind: s.cli.Args().First(), Flags: map[string]string{}}
	for _, name := range scaffold.Flags() {
		if s.cli.IsSet(name) {
			a.Flags[name] = s.cli.String(name)
		}
	}
	return a
}

// scaffoldArguments checks what can be checked before anything is read.
func (s *settings) scaffoldArguments() error {
	c := s.cli
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return err
	}
	if err := s.ask().Check(); err != nil {
		return usage(c.Command, "%w", err)
	}
	if paths := s.paths(); len(paths) > 0 {
		if info, err := os.Stat(paths[0]); paths[0] == "-" || err == nil && !info.IsDir() {
			return usage(c.Command, "%s is no directory: PATH is the one that the migrations are in", paths[0])
		}
	}
	if c.NArg() > 2 {
		return usage(c.Command, "%q is one path too many: a plan is for one migration directory", c.Args().Get(2))
	}
	return nil
}

// scaffold writes the migration that was asked for, and plans it as any other.
func (f *fixer) scaffold(ctx context.Context, w *work, g *group) error {
	known := g.checker.State()
	text, ok := g.dialect.Text(columnsOf(known)).(rewrite.Text)
	if !ok {
		return fmt.Errorf("safemig scaffold makes no plans for %s, which %s is for", g.dialect.Target.Name(), g.Dir)
	}
	asked, err := f.settings.ask().Write(text, known)
	if err != nil {
		return usage(f.settings.cli.Command, "%w", err)
	}
	now, err := w.now()
	if err != nil {
		return err
	}
	file, err := g.Draft(asked.Slug, layout.Piece{SQL: asked.SQL, InTx: true, DownInTx: true, Bare: g.dialect.Target.Dialect != "postgres"}, now)
	if err != nil {
		return err
	}
	g.dialect.Parse(file.Script)
	if err := asked.Fits(file.Script); err != nil {
		return usage(f.settings.cli.Command, "%w", err)
	}
	f.take(asked)
	return f.plan(ctx, w, g, file, asked)
}
