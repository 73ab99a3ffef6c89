package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

func (p *program) lintCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "lint",
		Usage:     "say what is unsafe in migrations, and what to do instead",
		ArgsUsage: "[PATH...]",
		Description: "PATH is a file, a directory, or - for stdin; none means the paths of the configuration, else the usual directories, such as migrations or db/migrate.\n" +
			"Lines and columns count from 1, columns in Unicode code points; offsets in JSON count bytes from 0.\n" +
			"Exit status: 0 clean, 1 findings at or above --fail-on, 2 no verdict.",
		Flags: append(slices.Concat(inputFlags(), outputFlags(names(lintFormats())), newFlags(), baselineFlags()),
			&cli.StringFlag{Name: flagFailOn, Value: "error", Usage: "`SEVERITY` from which on findings make the exit status 1: error, warning, info"},
			&cli.StringFlag{Name: flagMinSeverity, Value: "info", Usage: "`SEVERITY` from which on findings are shown: error, warning, info"},
			&cli.StringFlag{Name: flagStats, Usage: "`FILE` with the sizes of the tables, which safemig stats writes"},
			&cli.StringFlag{Name: flagDSN, Usage: "`DSN` of a running server to ask for the sizes of the tables"},
		),
		Action: p.lint,
	})
}

func (p *program) lint(c *cli.Context) error {
	s, err := p.settings(c)
	if err != nil {
		return err
	}
	l, outputs, err := newLinter(s)
	if err != nil {
		return err
	}
	l.writeSoon(p, c, outputs)
	if l.newFrom == flagStaged {
		if s.index, err = s.staged(c.Context); err != nil {
			return err
		}
	}
	s.judges = l.suggester == nil
	w, err := p.load(s)
	if err != nil {
		return err
	}
	if err := w.useSizes(c.Context); err != nil {
		return err
	}
	if err := l.askGit(c.Context, w); err != nil {
		return err
	}
	err = w.walk(c.Context, func(g *group, f *layout.File) error { return l.visit(c.Context, w, g, f) })
	if err != nil {
		return err
	}
	if err := l.removed(c.Context, w); err != nil {
		return err
	}
	if err := l.settle(w); err != nil {
		return err
	}
	if err := l.known.finish(w, l.report.Files); err != nil {
		return err
	}
	if err := l.describe(w); err != nil {
		return err
	}
	if err := l.write(p, c, outputs); err != nil {
		return err
	}
	return w.verdict(l.fails)
}

// verdict is the end of a command: no verdict outweighs findings.
func (w *work) verdict(findings bool) error {
	switch {
	case w.problems > 0:
		return errReported
	case findings:
		return errFindings
	}
	return nil
}

// linter gathers findings.
type linter struct {
	report       report.Lint
	shown, least rules.Severity // from here on, and failing from here on
	soon         *soon          // writes the findings as they come; nil keeps them
	fails        bool
	suggester    *suggester
	known        *knownFindings
	newFrom      string            // the flag that says what is new, or ""
	since        map[*group]*since // what is new, where it was asked for
	doubted      map[*group]bool   // it was said that its dialect may be another one
}

func newLinter(s *settings) (*linter, []output[*report.Lint], error) {
	c := s.cli
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return nil, nil, err
	}
	l := &linter{}
	var err error
	if l.shown, err = s.severity(flagMinSeverity); err != nil {
		return nil, nil, err
	}
	if l.least, err = s.severity(flagFailOn); err != nil {
		return nil, nil, err
	}
	if l.least < l.shown {
		return nil, nil, usage(c.Command, "%s %s would fail on findings that --%s %s does not show", s.name(flagFailOn), l.least, flagMinSeverity, l.shown)
	}
	if l.newFrom, err = s.sinceFlag(); err != nil {
		return nil, nil, err
	}
	if l.known, err = s.knownFindings(); err != nil {
		return nil, nil, err
	}
	outputs, err := outputs(c, lintFormats())
	if err == nil && slices.ContainsFunc(outputs, func(o output[*report.Lint]) bool { return o.name == formatRDJSON }) {
		l.suggester, err = newSuggester(s)
	}
	return l, outputs, err
}

func (s *settings) severity(flag string) (rules.Severity, error) {
	level, err := rules.ParseSeverity(s.text(flag))
	if err != nil {
		return 0, s.wrong(flag, err)
	}
	return level, nil
}

// visit judges one file, or learns from one that came before.
func (l *linter) visit(ctx context.Context, w *work, g *group, f *layout.File) error {
	news, err := l.isNews(ctx, g, f)
	if err != nil {
		return err
	}
	if !news {
		w.passedOver(f.Script.Path)
		return w.history(g, f)
	}
	if err := w.choose(g, f.Script.Path); err != nil {
		return err
	}
	before := l.suggester.before(g)
	found, err := g.checker.File(ctx, f.Script)
	if err != nil {
		return err
	}
	at := g.locator(f.Script)
	l.doubt(w, g, f)
	l.count(f.Script, g.checker.Unknown())
	l.unknown(w, g, f.Script, at)
	l.report.Summary.Suppressed += g.checker.Suppressed()
	w.judged(g, f.Script)
	for _, note := range g.checker.Notes() {
		start := at.At(note.Span.Start)
		w.notef("%s:%d:%d: %s", f.Script.Path, start.Line, start.Column, note.Text)
	}
	curing, edit := l.suggester.edit(ctx, w, g, f.Script, before, found)
	for i, finding := range found {
		located := report.Locate(finding, g.dialect.Target.Dialect, at)
		if i == curing {
			located.Edit = edit
		}
		l.add(located)
	}
	l.soon.flush()
	return nil
}

func (l *linter) add(f report.Finding) {
	if l.known.has(&f) {
		l.report.Summary.Baseline++
		return
	}
	l.fails = l.fails || f.Severity >= l.least
	if f.Severity < l.shown {
		l.report.Summary.Hidden++
		return
	}
	l.report.Summary.Count(f.Severity)
	if l.soon != nil {
		l.soon.add(&f)
		return
	}
	l.report.Findings = append(l.report.Findings, f)
}

// count counts files and statements.
func (l *linter) count(script *change.Script, unknown []*change.Stmt) {
	l.report.Files = append(l.report.Files, script.Path)
	s := &l.report.Summary
	s.Files++
	s.Statements += len(script.Stmts)
	s.SyntaxErrors += unparsed(script)
	s.Opaque += len(unknown)
}

// unknown keeps the statements that are not understood, for those who want to
// see what is no finding.
func (l *linter) unknown(w *work, g *group, script *change.Script, at *report.Locator) {
	for _, stmt := range g.checker.Unknown() {
		found := report.NewUnknown(script, stmt, whyUnknown(stmt), g.dialect.Target.Dialect, at)
		w.notef("%s:%d:%d: not understood: %s", script.Path, found.Start.Line, found.Start.Column, whyUnknown(stmt))
		if found.Severity >= l.shown && l.soon == nil {
			l.report.Unknown = append(l.report.Unknown, found)
		}
	}
}

func whyUnknown(stmt *change.Stmt) string {
	for _, op := range stmt.Ops {
		if o, ok := op.(*change.Opaque); ok {
			return o.Why
		}
	}
	return "nothing tells what " + strings.ReplaceAll(strings.ToUpper(stmt.Kind), "_", " ") + " locks"
}
