package cli

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/rewrite"
)

// planStep is a step of the plans as it is run: the files of one, a backfill, or a
// migration that has no plan.
type planStep struct {
	of      *fixing // nil: the migration has no plan
	numbers []int   // of the plan's steps that are in it: some tools have several in one file
	title   string
	phase   string
	path    string
	scripts []*change.Script
	job     *ledger.Job
	waits   bool // for a deployment, a backfill or a time
	final   string
}

func (s *planStep) steps() []*rewrite.Step {
	var out []*rewrite.Step
	for _, n := range s.numbers {
		out = append(out, &s.of.plan.Steps[n])
	}
	return out
}

// plan makes the plans of all files, in memory.
func (d *proving) plan(ctx context.Context) error {
	d.show("making the plan")
	f, err := newFixer(d.settings)
	if err != nil {
		return err
	}
	f.anyway, f.engines = true, false
	w, err := d.load(d.settings)
	if err != nil {
		return err
	}
	if err := w.walk(ctx, func(g *group, file *layout.File) error { return f.visit(ctx, w, g, file) }); err != nil {
		return err
	}
	if w.problems > 0 {
		return errReported
	}
	for _, u := range f.report.Unfixed {
		d.report.Remarks = append(d.report.Remarks, fmt.Sprintf("%s:%d: %s is left as it is: %s", u.Path, u.Start.Line, u.Rule, u.Reason))
	}
	if len(f.kept) == 0 {
		d.report.NoPlan = "safemig fix has no plan for it"
		if len(f.report.Unfixed) == 0 {
			d.report.NoPlan, d.report.Needless = "safemig finds nothing in it that a plan would make better", true
		}
		return nil
	}
	d.inOrder(f.kept)
	return nil
}

// inOrder puts the steps of all plans into the order of a rollout: first what runs at
// once, file by file, then what waits.
func (d *proving) inOrder(plans []*fixing) {
	var later []*planStep
	for i := range d.files() {
		s := d.files()[i].Script
		at := slices.IndexFunc(plans, func(t *fixing) bool { return t.script.Path == s.Path })
		if at < 0 {
			d.plans = append(d.plans, &planStep{
				title: s.Path + " as it stands", phase: rewrite.Expand.String(), path: s.Path, scripts: []*change.Script{s},
				final: s.Path + " has no plan, and so no way back",
			})
			continue
		}
		steps := stepsOf(plans[at], plans[at].files)
		wait := slices.IndexFunc(steps, func(p *planStep) bool { return p.waits })
		if wait < 0 {
			wait = len(steps)
		}
		d.plans, later = append(d.plans, steps[:wait]...), append(later, steps[wait:]...)
	}
	d.plans = append(d.plans, later...)
}

// stepsOf are the steps of one plan as its files have them.
func stepsOf(t *fixing, w *layout.Written) []*planStep {
	var out []*planStep
	for k := range t.plan.Steps {
		s := &t.plan.Steps[k]
		p := &planStep{of: t, numbers: []int{k}, title: s.Title, phase: s.Phase.String(), waits: s.Gate != nil || s.Backfill != nil, final: s.Final}
		if s.Backfill != nil {
			p.job, p.path = t.jobs[t.jobNumber(k)], w.Jobs[t.jobNumber(k)]
		}
		for _, read := range w.Scripts {
			if !read.Down && t.of[read.Piece] == k {
				p.scripts, p.path = append(p.scripts, read.Script), read.Script.Path
			}
		}
		if p.job == nil && len(p.scripts) == 0 && len(out) > 0 { // it is in the file of the step before
			out[len(out)-1].join(p)
			continue
		}
		out = append(out, p)
	}
	return out
}

// keptInStep says whether something that was made before a backfill carries on what is
// written while it runs and after.
func (s *planStep) keptInStep() bool {
	trigger := regexp.MustCompile(`(?i)\bCREATE\s+(OR\s+REPLACE\s+)?(DEFINER\s*=\s*\S+\s+)?TRIGGER\b`)
	for _, before := range s.of.plan.Steps[:s.numbers[0]] {
		if slices.ContainsFunc(before.SQL, trigger.MatchString) {
			return true
		}
	}
	return false
}

// join takes in a step that is in the same file.
func (s *planStep) join(p *planStep) {
	s.numbers, s.title = append(s.numbers, p.numbers...), s.title+"; "+p.title
	if s.final != "" && p.final != "" {
		s.final += "; "
	}
	s.final += p.final
}

// oldUntil is the step before which the old version of the application is gone, newFrom
// the one before which the new version comes: the first behind those that run at once.
func (d *proving) oldUntil() int {
	for i, p := range d.plans {
		for _, s := range p.steps() {
			if s.EndsOld() {
				return i
			}
		}
	}
	return len(d.plans)
}

func (d *proving) newFrom() int {
	from := 0
	for i, p := range d.plans {
		if !p.waits {
			from = i + 1
		}
	}
	return min(from, d.oldUntil())
}

// renames are what the migration calls otherwise: by the new name the one before.
type renames struct {
	tables  map[change.Name]change.Name
	columns map[change.Name]map[string]string // by the table's new name
}

// readRenames follows the migration's own renames.
func (d *proving) readRenames() {
	d.former = renames{map[change.Name]change.Name{}, map[change.Name]map[string]string{}}
	state := d.group.checker.State()
	for _, f := range d.files() {
		for _, stmt := range f.Script.Stmts {
			for _, op := range stmt.Ops {
				table := state.Resolve(op.Head().Table)
				switch op := op.(type) {
				case *change.RenameTable:
					to := op.To
					if to.Schema == "" {
						to.Schema = table.Schema
					}
					d.former.tables[to] = cmp.Or(d.former.tables[table], table)
					d.former.columns[to] = d.former.columns[table]
				case *change.RenameColumn:
					d.former.rename(table, op.From, op.To)
				case *change.ModifyColumn:
					if op.From != "" && op.From != op.Column.Name {
						d.former.rename(table, op.From, op.Column.Name)
					}
				}
			}
		}
	}
}

func (r renames) rename(table change.Name, from, to string) {
	if r.columns[table] == nil {
		r.columns[table] = map[string]string{}
	}
	if first, is := r.columns[table][from]; is {
		from = first
	}
	r.columns[table][to] = from
}

// names is what the old version calls a table and a column of the new one.
func (r renames) names(table change.Name, column string) (change.Name, string) {
	old := column
	if first, is := r.columns[table][column]; is {
		old = first
	}
	return cmp.Or(r.tables[table], table), old
}
