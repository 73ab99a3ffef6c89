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

// pendingPlan is the folder of the plan that is asked for; "" where something else is.
func (e *estimator) pendingPlan() (string, error) {
	c := e.settings.cli
	for _, arg := range c.Args().Slice() {
		folder := filepath.FromSlash(strings.TrimSuffix(arg, "/"))
		if filepath.Base(folder) == ledger.FileName {
			folder = filepath.Dir(folder)
		}
		candidates := []string{folder}
		if filepath.Base(folder) == folder {
			for _, pending := range e.pendingFolders() {
				candidates = append(candidates, filepath.Join(pending, folder))
			}
		}
		for _, dir := range candidates {
			if _, err := os.Stat(filepath.Join(dir, ledger.FileName)); err != nil {
				continue // it is no plan; what else it is is said when it is read
			}
			if c.NArg() > 1 {
				return "", usage(c.Command, "%s is a plan: give it alone", arg)
			}
			return dir, nil
		}
	}
	return "", nil
}

// pendingFolders are where plans wait: where the configuration says, else beside the
// migrations.
func (e *estimator) pendingFolders() []string {
	file := e.settings.file
	if file.Fix.Pending != "" {
		return []string{file.Fix.Pending}
	}
	out := []string{"pending"}
	for _, migrations := range slices.Concat(file.Paths, layout.WellKnown()) {
		dir := filepath.Join(filepath.Dir(filepath.FromSlash(migrations)), "pending")
		if !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	return out
}

// gatherPlan reads a plan that waits: the files that its steps name, in their order.
func (e *estimator) gatherPlan(ctx context.Context, folder string) error {
	p, err := ledger.Read(filepath.Join(folder, ledger.FileName))
	if err != nil {
		return err
	}
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
	files, err := e.readSteps(ctx, p, paths)
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

// jobFile is the file of the job that is asked for; "" where something else is.
func (e *estimator) jobFile() (string, error) {
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
			return "", usage(c.Command, "%s is a backfill: give it alone", arg)
		}
		return b.path, nil
	}
	return "", nil
}

// gatherJob reads a backfill.
func (e *estimator) gatherJob(path string) error {
	e.work = e.newWork(e.settings)
	name := e.settings.text(flagDialect)
	if name == "" {
		return usage(e.settings.cli.Command, "which SQL is %s? give --%s, or the --%s of its server", filepath.ToSlash(path), flagDialect, flagDSN)
	}
	d, err := e.dialectOf(name)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("the job: %w", err)
	}
	job := strings.TrimSuffix(filepath.Base(path), ".sql")
	read, err := backfill.Read(job, string(text), d)
	var wrong *backfill.Mistake
	if errors.As(err, &wrong) {
		line, column := position(string(text), wrong.At)
		return fmt.Errorf("%s:%d:%d: %w", filepath.ToSlash(path), line, column, err)
	} else if err != nil {
		return err
	}
	e.asked = append(e.asked, &asked{
		name: job, path: filepath.ToSlash(path), dialect: name, trials: []trial{{job: read}},
		plan: &estimate.Plan{Name: job, Steps: []estimate.Step{{Number: 1, Phase: "backfill", Title: "the backfill " + job, Job: e.estimated(read), Files: []string{filepath.ToSlash(path)}}}},
	})
	return nil
}
