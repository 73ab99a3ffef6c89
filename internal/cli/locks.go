package cli

import (
	"io"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/report"
)

func locksFormats() []format[*report.Locks] {
	return []format[*report.Locks]{
		{"text", report.LocksText},
		{"concise", report.LocksConcise},
		{"json", func(w io.Writer, r *report.Locks, _ report.Style) error { return report.LocksJSON(w, r) }},
	}
}

func (p *program) locksCommand() *cli.Command {
	return command(&cli.Command{
		Name:        "locks",
		Usage:       "say for every statement which tables it locks, whom it blocks, and what work it does",
		ArgsUsage:   "[PATH...]",
		Description: "Nothing is judged: the exit status is 0, or 2 where the work could not be done.",
		Flags:       append(inputFlags(), outputFlags(names(locksFormats()))...),
		Action:      p.locks,
	})
}

func (p *program) locks(c *cli.Context) error {
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return err
	}
	outputs, err := outputs(c, locksFormats())
	if err != nil {
		return err
	}
	s, err := p.settings(c)
	if err != nil {
		return err
	}
	s.judges = true
	w, err := p.load(s)
	if err != nil {
		return err
	}
	var result report.Locks
	err = w.walk(c.Context, func(g *group, f *layout.File) error {
		if !f.Judge {
			return w.history(g, f)
		}
		result.Files++
		return guarded(func() { result.Statements = append(result.Statements, effects(g, f.Script)...) })
	})
	if err != nil {
		return err
	}
	result.Targets = w.targets()
	if err := write(p, c, &result, outputs); err != nil {
		return err
	}
	return w.verdict(false)
}

// effects looks up what each statement of a file does.
func effects(g *group, script *change.Script) []report.Statement {
	at := g.locator(script)
	out := make([]report.Statement, 0, len(script.Stmts))
	g.checker.Begin(script)
	for _, stmt := range script.Stmts {
		r := g.checker.Result(script, stmt)
		out = append(out, report.Statement{
			Dialect: g.dialect.Target.Dialect, Path: script.Path, Index: stmt.Index, Start: at.At(stmt.Span.Start),
			Kind: stmt.Kind, SQL: stmt.Span.Text(script.Raw), NoTx: r.NoTx, Unknown: r.Unknown, Effects: r.Effects,
		})
	}
	return out
}
