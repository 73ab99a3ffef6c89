package cli

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

// standing is a migration as it stands, as one step.
func standing(g *group, script *change.Script) estimate.Step {
	list := weighed(g.checker.Fork(), script)
	return estimate.Step{
		Number: 1, Title: script.Path + " as it stands", Files: []string{script.Path}, InTx: inTransaction(script), Statements: list, LockWait: waitIn(list),
	}
}

// inTransaction says whether the statements of a file keep their locks until its end.
func inTransaction(script *change.Script) bool {
	return script.Tx == change.TxFile || script.Tx == change.TxAllPending
}

// weighed are the statements of a script with what they do. The checker learns them.
func weighed(checker *rules.Checker, script *change.Script) []estimate.Statement {
	var out []estimate.Statement
	checker.Begin(script)
	for _, stmt := range script.Stmts {
		r := checker.Result(script, stmt)
		one := estimate.Statement{SQL: stmt.Span.Text(script.Raw), Unknown: r.Unknown, Effects: r.Effects}
		var ops []change.Op
		for _, step := range stmt.Steps() {
			ops = append(ops, step.Ops...)
		}
		if clearsAway(ops) {
			one.Effects, ops = nil, nil
		}
		for i, op := range ops {
			if i < len(r.ByOp) {
				one.Parts = append(one.Parts, estimate.Part{Op: op, Effects: r.ByOp[i]})
			}
		}
		out = append(out, one)
	}
	return out
}

// clearsAway says whether a statement only drops an index that an interrupted run may
// have left, which hardly ever is there.
func clearsAway(ops []change.Op) bool {
	drops := false
	for _, op := range ops {
		switch op.(type) {
		case *change.Select, *change.SetOption:
		case *change.DropIndex:
			drops = true
			if !op.Head().Conditional {
				return false
			}
		default:
			return false
		}
	}
	return drops
}

// planOf are the steps of a plan; before knows what was there before the migration.
func (e *estimator) planOf(t *fixing, steps []*planStep, before *rules.Checker, a *asked) (*estimate.Plan, error) {
	out, checker := &estimate.Plan{Name: t.plan.Name}, before.Fork()
	for _, p := range steps {
		first := p.numbers[0]
		shown := &t.show.Steps[first]
		step := estimate.Step{
			Number: first + 1, Phase: p.phase, Title: p.title, When: shown.When, Files: shown.Files, InTx: shown.InTx && shown.Online == nil,
			LockWait: waitOf(shown), Tries: shown.Tries,
		}
		if shown.Engine != nil {
			step.Engine = shown.Engine.Name
		}
		for _, s := range p.scripts {
			step.Statements = append(step.Statements, weighed(checker, s)...)
		}
		if p.job != nil {
			job, read, err := e.jobOf(t.group, p.job)
			if err != nil {
				return nil, err
			}
			newColumns(out, job, p.job.Where)
			step.Job = job
			a.trials = append(a.trials, trial{job: read, text: p.job, types: typesOf(before, checker, read)})
		}
		a.trials = append(a.trials, buildsOf(step.Statements)...)
		out.Steps = append(out.Steps, step)
	}
	return out, nil
}

func waitOf(s *report.FixStep) string {
	if s.LockTimeout == nil || *s.LockTimeout <= 0 {
		return ""
	}
	return report.Limit(*s.LockTimeout)
}

// jobOf is a backfill for an estimate.
func (e *estimator) jobOf(g *group, j *ledger.Job) (*estimate.Job, *backfill.Job, error) {
	read, err := backfill.Read(j.Name, j.Text(nil), g.dialect)
	if err != nil {
		return nil, nil, fmt.Errorf("the job %s: %w", j.Name, err)
	}
	return e.estimated(read), read, nil
}

// estimated is a job as estimates know it. How many rows its condition takes is asked
// of the server later.
func (e *estimator) estimated(j *backfill.Job) *estimate.Job {
	out := &estimate.Job{Name: j.Name, Kind: estimate.Kind(j.Kind), Table: j.Table, Columns: j.Columns, Pace: e.pace}
	out.Owed, out.OwedFrom = estimate.Range{High: math.Inf(1)}, "as many as its WHERE takes"
	if j.Where == "" && j.From == "" {
		out.Owed, out.OwedFrom = estimate.Exactly(math.Inf(1)), "every row"
	}
	return out
}

// newColumns: as long as a column is not there, no row has what the job is to fill it with.
func newColumns(p *estimate.Plan, j *estimate.Job, where string) {
	for _, s := range p.Steps {
		for _, stmt := range s.Statements {
			for _, part := range stmt.Parts {
				add, is := part.Op.(*change.AddColumn)
				if !is || add.Table.Name != j.Table.Name || !slices.Contains(j.Columns, add.Column.Name) {
					continue
				}
				if strings.Contains(strings.ToLower(where), strings.ToLower(add.Column.Name)) {
					j.Owed, j.OwedFrom = estimate.Exactly(math.Inf(1)), "every row, since "+add.Column.Name+" is new"
				}
			}
		}
	}
}

// waitIn is for how long statements wait for a lock, as they set it themselves.
func waitIn(list []estimate.Statement) string {
	for _, stmt := range list {
		for _, part := range stmt.Parts {
			set, is := part.Op.(*change.SetOption)
			if is && (set.Name == "lock_timeout" || set.Name == "lock_wait_timeout") && set.Value != "" && set.Value != "0" {
				return withUnit(set.Name, set.Value)
			}
		}
	}
	return ""
}

// withUnit adds the unit that a server takes where none is written: PostgreSQL counts
// milliseconds, MySQL and MariaDB seconds.
func withUnit(name, value string) string {
	switch {
	case strings.Trim(value, "0123456789") != "":
		return value
	case name == "lock_timeout":
		return value + "ms"
	}
	return value + "s"
}

// tablesIn are the tables that steps are about.
func tablesIn(plans ...*estimate.Plan) []change.Name {
	var out []change.Name
	add := func(n change.Name) {
		if !n.IsZero() && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for _, p := range plans {
		if p == nil {
			continue
		}
		for _, s := range p.Steps {
			if s.Job != nil {
				add(s.Job.Table)
			}
			for _, stmt := range s.Statements {
				for _, effect := range stmt.Effects {
					add(effect.Table)
				}
			}
		}
	}
	return out
}
