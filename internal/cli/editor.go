package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/lsp"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

// editor answers what the language server asks about migrations, as lint, locks
// and fix do.
type editor struct {
	*program
	cli     *cli.Context
	history *history
	configs map[string]*readConfig
	read    int // how many configurations were read
}

// sight is one file on its way to an answer.
type sight struct {
	*work
	left string // why the file is left alone
}

// see reads a file with all that comes before it.
func (e *editor) see(ctx context.Context, ask lsp.Ask) (*sight, error) {
	s, err := e.settingsFor(ctx, ask)
	if err != nil {
		return nil, err
	}
	w, found, err := e.program.read(s)
	if err != nil {
		return nil, err
	}
	out := &sight{work: w}
	if out.left = e.leftAlone(s, w, found, ask); out.left != "" {
		return out, nil
	}
	if err := w.open(found); err != nil {
		return nil, err
	}
	return out, e.history.catchUp(ctx, w)
}

// visit visits the file, and what comes before it and is not known yet.
func (e *editor) visit(ctx context.Context, w *sight, visit func(*group, *layout.File) error) error {
	return w.walk(ctx, func(g *group, f *layout.File) error {
		if !f.Judge {
			return w.work.history(g, f)
		}
		e.history.keep(g)
		return visit(g, f)
	})
}

// Judge is what lint says of a file.
func (e *editor) Judge(ctx context.Context, ask lsp.Ask) (lsp.Verdict, error) {
	var v lsp.Verdict
	w, err := e.see(ctx, ask)
	if err == nil && w.left != "" {
		v.Left = w.left
		return v, nil
	}
	if err == nil {
		v.Config = w.settings.config
		v.Findings, v.Unknown, err = e.lint(ctx, w)
	}
	if ctx.Err() != nil {
		return v, context.Cause(ctx)
	}
	v.Mistakes = mistakesOf(err)
	if err != nil && len(v.Mistakes) == 0 {
		v.Problems = append(v.Problems, inEditor(err.Error()))
	}
	if w != nil {
		w.tell(&v, ask.Path)
	}
	return v, nil
}

// lint is what lint finds in a file.
func (e *editor) lint(ctx context.Context, w *sight) (found, unknown []report.Finding, err error) {
	l := &linter{shown: rules.Info, least: rules.Error}
	if l.known, err = w.knownFindings(); err != nil {
		return nil, nil, err
	}
	err = e.visit(ctx, w, func(g *group, f *layout.File) error { return l.visit(ctx, w.work, g, f) })
	return l.report.Findings, l.report.Unknown, err
}

// tell tells the problems that were reported: those of the file, and those of files before it.
func (w *work) tell(v *lsp.Verdict, path string) {
	for _, p := range w.unjudged {
		if at := filepath.FromSlash(p.Path); within(path, at) {
			v.Problems = append(v.Problems, inEditor(p.Message))
		} else {
			v.Earlier = append(v.Earlier, lsp.Earlier{Path: at, Message: inEditor(p.Message)})
		}
	}
}

// inEditor is an error without the words that only help at a command line.
func inEditor(text string) string {
	text, _, _ = strings.Cut(text, " (see safemig ")
	return strings.ReplaceAll(text, "say --dialect ", "set dialect in safemig.yml to ")
}

// Locks is what the statements of a file do.
func (e *editor) Locks(ctx context.Context, ask lsp.Ask) ([]report.Statement, error) {
	var out []report.Statement
	w, err := e.see(ctx, ask)
	if err != nil || w.left != "" {
		return nil, context.Cause(ctx) // Judge says what is wrong
	}
	err = e.visit(ctx, w, func(g *group, f *layout.File) error {
		return guarded(func() { out = append(out, effects(g, f.Script)...) })
	})
	if ctx.Err() == nil {
		err = nil
	}
	return out, err
}

// Plan is what fix would make of a file.
func (e *editor) Plan(ctx context.Context, ask lsp.Ask) (lsp.Plan, error) {
	var out lsp.Plan
	w, err := e.see(ctx, ask)
	if err != nil || w.left != "" {
		return out, context.Cause(ctx)
	}
	f, err := newFixer(w.settings)
	if err != nil {
		return out, context.Cause(ctx)
	}
	err = e.visit(ctx, w, func(g *group, file *layout.File) error { return f.visit(ctx, w.work, g, file) })
	if ctx.Err() != nil {
		return out, err
	}
	for _, u := range f.report.Unfixed {
		out.Applied = out.Applied || u.Applied
		out.Unfixed = append(out.Unfixed, lsp.Unfixed{Rule: u.Rule, Offset: u.Start.Offset, Reason: strings.ReplaceAll(u.Reason, "; --", "; safemig fix --")})
	}
	if len(f.report.Plans) != 1 || len(f.report.Plans[0].Steps) == 0 {
		return out, nil
	}
	plan := &f.report.Plans[0]
	out.Title, out.Rules = planTitle(plan), plan.Rules
	for _, file := range plan.Files {
		out.Files = append(out.Files, lsp.File{Path: filepath.FromSlash(file.Path), Old: file.Old, Text: file.Text})
	}
	return out, nil
}

// planTitle is what a plan does, on one line.
func planTitle(p *report.FixPlan) string {
	first := strings.TrimSuffix(p.Steps[0].Title, ".")
	switch more := len(p.Steps) - 1; more {
	case 0:
		return first
	case 1:
		return first + ", then " + strings.TrimSuffix(p.Steps[1].Title, ".")
	default:
		return fmt.Sprintf("%s, then %d more steps", first, more)
	}
}

// Rule is a rule as the file's project has it.
func (e *editor) Rule(ask lsp.Ask, id string) *rules.Rule {
	s, err := e.settingsFor(context.Background(), ask)
	if err != nil {
		return nil
	}
	all, err := rules.Configure(e.everyRule(s), s.file.In(s.file.ForFile(ask.Path)).Choices)
	if err != nil {
		return nil
	}
	if i := slices.IndexFunc(all, func(r *rules.Rule) bool { return r.ID == id }); i >= 0 {
		return all[i]
	}
	return nil
}

// IsConfiguration says whether a file is one by its name.
func (e *editor) IsConfiguration(path string) bool {
	return slices.Contains(config.Names(), filepath.Base(path))
}

// Mistakes is what is wrong with the text of a configuration.
func (e *editor) Mistakes(path string, text []byte) []lsp.Mistake {
	_, err := config.ReadAs(path, text, e.knownNames())
	return mistakesOf(err)
}

// mistakesOf are the mistakes in a configuration that an error is made of.
func mistakesOf(err error) []lsp.Mistake {
	var out []lsp.Mistake
	for _, m := range config.Mistakes(err) {
		out = append(out, lsp.Mistake{File: m.File, Line: m.Line, Column: m.Column, Message: m.Message})
	}
	return out
}

// readConfig is a configuration with the texts that it was read from.
type readConfig struct {
	*config.Config
	texts map[string][]byte
	id    int // no other reading has it
}

// settingsFor are the settings for a file, by the configuration nearest to it.
func (e *editor) settingsFor(ctx context.Context, ask lsp.Ask) (*settings, error) {
	c := *e.cli
	c.Context = ctx
	s := &settings{cli: &c, file: config.None(), asked: ask.Path, opened: ask.Open}
	name, err := e.configFor(ask)
	if name == "" || err != nil {
		return s, err
	}
	read, err := e.configuration(name, ask.Open)
	if err != nil {
		return nil, err
	}
	s.file, s.reading, s.config = read.Config, read.id, lsp.File{Path: name, Old: read.texts[name]}
	return s, nil
}

// configFor is the configuration that --config names, else the nearest one. Outside
// of a repository it is looked for up to the folder that is open in the editor.
func (e *editor) configFor(ask lsp.Ask) (string, error) {
	if e.cli.IsSet(flagConfig) {
		name, err := configFile(e.cli)
		if name == "" || err != nil {
			return "", err
		}
		return filepath.Abs(name)
	}
	for dir := filepath.Dir(ask.Path); ; dir = filepath.Dir(dir) {
		name, err := config.Find(dir)
		if name != "" || err != nil || dir == ask.Root || !strings.HasPrefix(dir, ask.Root) || ask.Root == "" || dir == filepath.Dir(dir) {
			return name, err
		}
	}
}

// configuration reads a configuration, unless it is what it was.
func (e *editor) configuration(name string, open map[string][]byte) (*readConfig, error) {
	if known := e.configs[name]; known != nil && known.holds(open) {
		return known, nil
	}
	texts := map[string][]byte{}
	text, err := textOf(name, open)
	if err != nil {
		return nil, err
	}
	c, err := config.ReadAs(name, text, e.knownNames())
	if err != nil {
		return nil, err
	}
	for _, file := range c.Files {
		if texts[file], err = os.ReadFile(file); err != nil {
			return nil, err
		}
	}
	texts[name] = text
	e.read++
	e.configs[name] = &readConfig{Config: c, texts: texts, id: e.read}
	return e.configs[name], nil
}

// holds says whether all files of a configuration have the texts that were read.
func (r *readConfig) holds(open map[string][]byte) bool {
	for name, was := range r.texts {
		texts := open
		if name != r.File {
			texts = nil
		}
		if text, err := textOf(name, texts); err != nil || !bytes.Equal(text, was) {
			return false
		}
	}
	return true
}

func textOf(name string, open map[string][]byte) ([]byte, error) {
	if text, ok := open[name]; ok {
		return text, nil
	}
	return os.ReadFile(name)
}
