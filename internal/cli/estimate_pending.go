package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/rules"
)

// pendingPlan is the plan that is asked for; nil where something else is.
func (e *estimator) pendingPlan() (*ledger.Manifest, error) {
	c := e.settings.cli
	if c.NArg() == 0 {
		return nil, nil
	}
	all, err := e.settings.plans()
	if err != nil {
		return nil, err
	}
	for _, arg := range c.Args().Slice() {
		found, err := waiting(all, arg)
		switch {
		case err != nil:
			return nil, err
		case found == nil:
		case c.NArg() > 1:
			return nil, usage(c.Command, "%s is a plan: give it alone", arg)
		default:
			return read(found)
		}
	}
	return nil, nil
}

// gatherPlan reads a plan that waits: the files that its steps name, in their order.
func (e *estimator) gatherPlan(ctx context.Context, p *ledger.Manifest) error {
	folder := p.Folder()
	var paths []string
	for i := range p.Steps {
		if p.Steps[i].Backfill != nil {
			continue
		}
		for _, f := range p.Steps[i].Files {
			if path := filepath.ToSlash(filepath.Join(folder, filepath.FromSlash(f))); !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	files, err := e.readSteps(ctx, p.Plan, paths)
	if err != nil {
		return err
	}
	d, err := e.dialectOf(p.Dialect)
	if err != nil {
		return err
	}
	a := &asked{name: p.Name, path: filepath.ToSlash(folder), dialect: p.Dialect, plan: &estimate.Plan{Name: p.Name}}
	for i := range p.Steps {
		step, err := e.pendingStep(folder, i, &p.Steps[i], files, d, a)
		if err != nil {
			return err
		}
		a.plan.Steps = append(a.plan.Steps, step)
	}
	e.asked = append(e.asked, a)
	return nil
}

// readStep are the statements of one file.
type readStep struct {
	statements []estimate.Statement
	inTx       bool
}

// readSteps reads the files of a plan as its migration tool does. Those that wait are
// judged in the light of all that come before them.
func (e *estimator) readSteps(ctx context.Context, p *ledger.Plan, paths []string) (map[string]readStep, error) {
	s := *e.settings
	s.only, s.server = paths, map[string]string{flagDialect: p.Dialect, flagLayout: p.Layout}
	maps.Copy(s.server, e.settings.server)
	w, err := e.load(&s)
	if err != nil {
		return nil, err
	}
	e.work = w
	var first *rules.Checker
	files := map[string]readStep{}
	err = w.walk(ctx, func(g *group, f *layout.File) error {
		if first == nil {
			first = g.checker
		}
		g.checker = first
		if !f.Judge {
			return w.history(g, f)
		}
		files[f.Script.Path] = readStep{weighed(g.checker, f.Script), inTransaction(f.Script)}
		return nil
	})
	return files, err
}

func (e *estimator) dialectOf(name string) (*dialect.Dialect, error) {
	d, err := dialect.Open(name, e.settings.text(flagServerVersion))
	if err != nil {
		return nil, e.settings.wrong(flagServerVersion, err)
	}
	return d, nil
}

func (e *estimator) pendingStep(folder string, i int, s *ledger.Step, files map[string]readStep, d *dialect.Dialect, a *asked) (estimate.Step, error) {
	step := estimate.Step{Number: i + 1, Phase: s.Phase, Title: s.Title, When: s.When()}
	if s.Engine != nil {
		step.Engine = s.Engine.Name
	}
	if s.Backfill != nil {
		read, err := backfill.Read(s.Backfill.Name, s.Backfill.Text(nil), d)
		if err != nil {
			return step, fmt.Errorf("the job %s: %w", s.Backfill.Name, err)
		}
		step.Job = e.estimated(read)
		newColumns(a.plan, step.Job, read.Where)
		a.trials = append(a.trials, trial{job: read, text: s.Backfill})
	}
	for _, f := range s.Files {
		path := filepath.ToSlash(filepath.Join(folder, filepath.FromSlash(f)))
		step.Files = append(step.Files, path)
		file, read := files[path]
		if !read && s.Backfill == nil {
			e.work.problem(path, errors.New("the plan names it, and it cannot be read as a migration"))
		}
		step.Statements, step.InTx = append(step.Statements, file.statements...), file.inTx
		delete(files, path) // several steps may share a file: it is counted once
	}
	step.LockWait = waitIn(step.Statements)
	a.trials = append(a.trials, buildsOf(step.Statements)...)
	return step, nil
}

// job is the backfill that is asked for, with its text; nil where something else is.
func (e *estimator) job() (*backfiller, string, error) {
	c := e.settings.cli
	for _, arg := range c.Args().Slice() {
		b := &backfiller{program: e.program, cli: c, settings: e.settings}
		if arg == "-" || b.locate(arg) != nil || b.path == "" {
			continue
		}
		text, err := os.ReadFile(b.path)
		if err != nil || !strings.HasPrefix(string(text), strings.TrimSpace(ledger.Mark)) {
			continue // what it is is said when it is read as a migration
		}
		if c.NArg() > 1 {
			return nil, "", usage(c.Command, "%s is a backfill: give it alone", arg)
		}
		return b, string(text), nil
	}
	return nil, "", nil
}

// gatherJob reads a backfill.
func (e *estimator) gatherJob(b *backfiller, text string) error {
	e.work = e.newWork(e.settings)
	path, name := filepath.ToSlash(b.path), e.settings.text(flagDialect)
	if name == "" {
		return usage(e.settings.cli.Command, "which SQL is %s? give --%s, or the --%s of its server", path, flagDialect, flagDSN)
	}
	d, err := e.dialectOf(name)
	if err != nil {
		return err
	}
	read, err := b.parse(text, d)
	if err != nil {
		return err
	}
	e.asked = append(e.asked, &asked{
		name: b.name, path: path, dialect: name, trials: []trial{{job: read}},
		plan: &estimate.Plan{Name: b.name, Steps: []estimate.Step{{Number: 1, Phase: "backfill", Title: "the backfill " + b.name, Job: e.estimated(read), Files: []string{path}}}},
	})
	return nil
}
