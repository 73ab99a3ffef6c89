package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/tablesum"
	"github.com/safemig/safemig/internal/trace"
	"github.com/safemig/safemig/rewrite"
)

// quiet runs both ways with nobody else there: what each statement locks and writes, and
// what comes out in the end.
type quiet struct {
	*proving
	want []catalog.Object // that the original leaves
}

// original runs the migrations as they are.
func (q *quiet) original(ctx context.Context) error {
	db, err := q.fresh(ctx, "the original alone")
	if err != nil {
		return err
	}
	q.target = db
	run := q.fork(db, q.group.checker.Fork())
	if err := errors.Join(run.follow(ctx, q.files()), run.end()); err != nil {
		return err
	}
	if n := len(run.report.Steps); run.failed && n > 0 {
		last := run.report.Steps[n-1]
		return fmt.Errorf("%s:%d: the server refuses the original on these rows: %s\nother rows can be given with --%s", last.Path, last.Start.Line, last.Failed, flagData)
	}
	for i := range run.report.Steps {
		q.proving.report.Original.Steps = append(q.proving.report.Original.Steps, provenStatement(&run.report.Steps[i]))
	}
	if q.want, err = catalog.Read(ctx, db.Dialect, db); err != nil {
		return err
	}
	q.targetSums, err = tablesum.Of(ctx, db)
	return err
}

// follow runs files that are watched.
func (t *tracing) follow(ctx context.Context, files []layout.File) error {
	t.group.Files = files
	for i := range files {
		if err := t.oneFile(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// end takes over what was seen, and ends the watching.
func (t *tracing) end() (err error) {
	t.gather()
	if t.follower != nil {
		err = t.follower.Close()
		t.follower = nil
	}
	return err
}

func provenStatement(s *report.TracedStep) report.ProofStep {
	return report.ProofStep{
		Title: strings.Join(strings.Fields(s.SQL), " "), Path: s.Path, Alone: s.To - s.From, WAL: s.WAL, Tables: s.Tables,
		Contradictions: s.Contradictions, Remarks: s.Remarks,
	}
}

// planned runs the plan as far as it can be taken back, takes it back, and runs it
// again to its end.
func (q *quiet) planned(ctx context.Context) error {
	if len(q.plans) == 0 {
		return nil
	}
	db, err := q.fresh(ctx, "the plan alone")
	if err != nil {
		return err
	}
	back := &wayBack{quiet: q, db: db}
	if err := back.try(ctx); err != nil {
		return err
	}
	if !back.clean { // what is wrong there is said; the rest is seen in a database that is not spoilt
		if err := q.finished(db); err != nil {
			return err
		}
		if db, err = q.fresh(ctx, "the plan alone"); err != nil {
			return err
		}
	}
	whole, err := q.forward(ctx, db)
	if err != nil || !whole {
		return err
	}
	q.proving.report.Back.Forward = back.clean && back.steps > 0
	if err := q.compare(ctx, db); err != nil {
		return err
	}
	return q.finished(db)
}

// forward runs the whole plan, watched. A step that the server refuses is told, and ends it.
func (q *quiet) forward(ctx context.Context, db *livedb.DB) (whole bool, err error) {
	run := q.fork(db, q.group.checker.Fork())
	var steps []report.ProofStep
	var statements []int // of each step, where its first one is among all
	stopped := ""
	for _, p := range q.plans {
		statements = append(statements, len(run.report.Steps))
		step := report.ProofStep{Title: p.title, Phase: p.phase, Path: p.path, WAL: -1}
		stopped, err = q.stepAlone(ctx, run, p, &step)
		if err != nil {
			return false, errors.Join(err, run.end())
		}
		if steps = append(steps, step); stopped != "" {
			break
		}
	}
	if err := run.end(); err != nil {
		return false, err
	}
	for i := range steps {
		to := len(run.report.Steps)
		if i+1 < len(statements) {
			to = statements[i+1]
		}
		join(&steps[i], run.report.Steps[statements[i]:to])
	}
	out := &q.proving.report.Plan
	out.Steps, out.Stopped = steps, stopped
	q.remark(run.report.Remarks...)
	return stopped == "", q.dropSchema(ctx, db)
}

// stepAlone runs one step, and says how it failed where it did.
func (q *quiet) stepAlone(ctx context.Context, run *tracing, p *planStep, step *report.ProofStep) (failed string, err error) {
	if p.job == nil {
		err := run.follow(ctx, judged(p.scripts))
		if n := len(run.report.Steps); run.failed && n > 0 {
			return fmt.Sprintf("%s, with nobody else there: %s", p.title, run.report.Steps[n-1].Failed), err
		}
		return "", err
	}
	session, err := q.db.Session(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	log, err := trace.Logged(ctx, q.db, session)
	if err != nil {
		return "", err
	}
	began := time.Now()
	step.Rows, err = q.backfill(ctx, run.db, p.job, p.of.group.dialect, backfill.DefaultOptions().Unthrottled())
	step.Alone = time.Since(began)
	if err == nil {
		err = q.owed(ctx, run.db, p.job)
	}
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return fmt.Sprintf("%s, with nobody else there: %v", p.title, err), nil
	}
	now, err := trace.Logged(ctx, q.db, session)
	if log >= 0 && now >= 0 {
		step.WAL = now - log
	}
	return "", err
}

func judged(scripts []*change.Script) (out []layout.File) {
	for _, s := range scripts {
		out = append(out, layout.File{Script: s, Judge: true})
	}
	return out
}

// join sums up the statements of a step.
func join(step *report.ProofStep, statements []report.TracedStep) {
	for i := range statements {
		s := &statements[i]
		step.Alone += s.To - s.From
		if s.WAL >= 0 {
			step.WAL = max(step.WAL, 0) + s.WAL
		}
		for _, t := range s.Tables {
			at := slices.IndexFunc(step.Tables, func(o report.TracedTable) bool { return o.Table == t.Table && o.Index == t.Index && o.Lock == t.Lock })
			if at < 0 {
				step.Tables = append(step.Tables, t)
				continue
			}
			step.Tables[at].Held, step.Tables[at].Work = max(step.Tables[at].Held, t.Held), max(step.Tables[at].Work, t.Work)
		}
		step.Contradictions, step.Remarks = append(step.Contradictions, s.Contradictions...), append(step.Remarks, s.Remarks...)
	}
}

// compare holds the plan's end to the original's.
func (q *quiet) compare(ctx context.Context, db *livedb.DB) error {
	q.show("comparing what both ways come to")
	end := &q.proving.report.End
	end.Tried = true
	got, err := catalog.Read(ctx, db.Dialect, db)
	if err != nil {
		return err
	}
	q.planEnd = got
	end.Objects = len(q.want)
	for _, text := range catalog.Differences(q.want, got) {
		if strings.HasPrefix(text, "column order ") && q.makesColumns() {
			end.Notes = append(end.Notes, text+": a column that takes another's place stands where it was made")
			continue
		}
		end.Differences = append(end.Differences, text)
	}
	sums, err := tablesum.Of(ctx, db)
	if err != nil {
		return err
	}
	for _, s := range q.targetSums {
		end.Tables++
		end.Rows += s.Rows
	}
	differ, err := q.notByChance(ctx, tablesum.Compare(q.targetSums, sums, q.ignored))
	for _, differs := range differ {
		end.Differences = append(end.Differences, "rows: "+differs.String())
	}
	return err
}

func (d *proving) makesColumns() bool {
	return slices.ContainsFunc(d.plans, func(p *planStep) bool {
		return slices.ContainsFunc(p.steps(), func(s *rewrite.Step) bool { return s.Backfill != nil })
	})
}

// notByChance leaves out values that differ each time that the original runs: random
// ones, and times.
func (q *quiet) notByChance(ctx context.Context, found []tablesum.Difference) ([]tablesum.Difference, error) {
	if !slices.ContainsFunc(found, func(d tablesum.Difference) bool { return len(d.Columns) > 0 && d.Rows[0] == d.Rows[1] }) {
		return found, nil
	}
	db, err := q.fresh(ctx, "the original once more")
	if err != nil {
		return nil, err
	}
	run := q.fork(db, q.group.checker.Fork())
	if err := errors.Join(run.follow(ctx, q.files()), run.end()); err != nil {
		return nil, err
	}
	again, err := tablesum.Of(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, chance := range tablesum.Compare(q.targetSums, again, q.ignored) {
		q.ignore(chance.Table, chance.Columns, "they are others each time that the original runs")
	}
	var out []tablesum.Difference
	for _, differs := range found {
		same := differs.Rows[0] == differs.Rows[1]
		left := slices.DeleteFunc(slices.Clone(differs.Columns), func(c string) bool { return slices.Contains(q.ignored[differs.Table], c) })
		if same && len(differs.Columns) > 0 && len(left) == 0 {
			continue
		}
		differs.Columns = left
		out = append(out, differs)
	}
	return out, q.finished(db)
}
