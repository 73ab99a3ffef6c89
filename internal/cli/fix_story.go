package cli

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/checklist"
	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
)

// told fills in what plan.md says beside the steps: a checklist, and figures, where the
// sizes of the tables are at hand.
func (t *fixing) told(w *layout.Written, p *ledger.Plan) error {
	for i := range w.Scripts {
		if !w.Scripts[i].Down {
			t.group.dialect.Parse(w.Scripts[i].Script)
		}
	}
	steps := stepsOf(t, w)
	e := &estimator{program: t.work.program, settings: t.settings, work: t.work, fixer: t.fixer, pace: defaultPace()}
	a := &asked{name: t.plan.Name, path: t.script.Path, dialect: t.plan.Dialect}
	plan, err := e.planOf(t, steps, t.before, a)
	if err != nil {
		return err
	}
	a.plan = plan
	p.Checklist = t.checklist(steps, plan).Markdown()
	p.Figures, err = t.figures(t.settings.cli.Context, e, a)
	return err
}

func defaultPace() estimate.Pace {
	o := backfill.DefaultOptions()
	return paceOf(&o)
}

// paceOf is how fast a backfill goes with some options.
func paceOf(o *backfill.Options) estimate.Pace {
	return estimate.Pace{Batch: o.ChunkTime, MostRows: o.MaxRows, Share: o.MaxShare, Rest: o.NiceRatio}
}

// figures are what the plan costs, as Markdown; without sizes, how to know.
func (t *fixing) figures(ctx context.Context, e *estimator, a *asked) (string, error) {
	if err := e.openFacts(ctx); err != nil {
		return "", err
	}
	defer e.close()
	if e.db == nil && e.sizes == nil {
		return fmt.Sprintf("`safemig estimate %s --dsn ..` says how long the steps take, how much log and disk they need, and when to run them, by the statistics of a server; `--rows TABLE=NUMBER` by figures that are given.\n", a.name), nil
	}
	c, from, err := e.facts(ctx, a, nil)
	if err != nil {
		return "", err
	}
	total := c.Of(a.plan)
	now, err := t.work.now()
	if err != nil {
		return "", err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "By %s, on %s; `safemig estimate %s --dsn ..` says it anew.\n\n%s\n", from, ledger.DateOf(now), a.name, report.Figures(total))
	for _, line := range total.Window {
		out.WriteString("- " + report.AsMarkdown(line) + "\n")
	}
	return out.String(), nil
}

// checklist is made of what the plan's steps do.
func (t *fixing) checklist(steps []*planStep, plan *estimate.Plan) *checklist.List {
	out := &checklist.Plan{Name: t.plan.Name, Dialect: t.plan.Dialect, Layout: t.group.Layout.Name}
	for i, s := range steps {
		shown := &t.show.Steps[s.numbers[0]]
		step := checklist.Step{
			Number: s.numbers[0] + 1, Title: s.title, Waits: shown.Waits, Requires: shown.Requires, HasBack: len(shown.Rollback) > 0, Final: s.final,
		}
		for _, f := range shown.Files {
			step.Files = append(step.Files, path.Base(f))
		}
		for _, stmt := range plan.Steps[i].Statements {
			step.Effects = append(step.Effects, stmt.Effects...)
			for _, part := range stmt.Parts {
				step.Ops = append(step.Ops, part.Op)
			}
		}
		if j := plan.Steps[i].Job; j != nil {
			step.Job, step.Table = j.Name, t.known.Resolve(j.Table)
		}
		if shown.Engine != nil {
			step.Engine, step.Script = shown.Engine.Name, scriptOf(shown.Engine)
			step.Effects = nil // the engine has done the work before the step runs
		}
		out.Steps = append(out.Steps, step)
	}
	return checklist.Of(out)
}

// scriptOf is the script that runs an engine.
func scriptOf(e *report.FixEngine) string {
	if len(e.Files) == 0 {
		return e.Name
	}
	return path.Base(e.Files[0])
}
