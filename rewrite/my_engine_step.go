package rewrite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// ScriptExtension ends the name of the file that runs an engine.
const ScriptExtension = ".sh"

// has says whether a unit of clauses is the engine's.
func (w *engineWork) has(unit []clause) bool {
	return w != nil && slices.Contains(w.spans, unit[0].span)
}

// unitsAround are the units of a statement: those of an engine are one, in the place
// of the last clause of it.
func (b *builder) unitsAround(stmt *change.Stmt, m *made) ([][]clause, error) {
	if m.engine == nil {
		return b.units(stmt, m.clauses, m.clauses)
	}
	var before, its, behind []clause
	last := m.engine.spans[len(m.engine.spans)-1]
	for _, c := range m.clauses {
		switch {
		case slices.Contains(m.engine.spans, c.span):
			its = append(its, c)
		case c.span.Start < last.Start:
			before = append(before, c)
		default:
			behind = append(behind, c)
		}
	}
	first, err := b.units(stmt, m.clauses, before)
	if err != nil {
		return nil, err
	}
	then, err := b.units(stmt, m.clauses, behind)
	return slices.Concat(first, [][]clause{its}, then), err
}

// engineStep is the step whose work an engine does.
func (b *builder) engineStep(state *schema.State, stmt *change.Stmt, unit []clause, w *engineWork, text string) (Step, error) {
	o, err := b.in.online(state, text)
	if err != nil {
		return Step{}, err
	}
	o.applyTo(state)
	part := made{clauses: unit}
	titles, slug := b.describe(stmt, &part)
	job := w.job
	s := Step{
		Phase: Expand, Title: summary(titles) + ", by " + job.Run.Engine, Slug: slug, SQL: []string{text}, Commits: true,
		Engine: &job, Done: job.Done, Gate: &Gate{Backfill: true}, Final: w.final, Accept: w.accept,
	}
	for _, way := range w.down {
		s.Down, s.DownDone = append(s.Down, way.sql), append(s.DownDone, way.done)
	}
	return s, nil
}

// behindEngine lets steps wait for the engine that works before them.
func behindEngine(steps []Step) {
	from := slices.IndexFunc(steps, func(s Step) bool { return s.Engine != nil })
	if from < 0 {
		return
	}
	for i := from + 1; i < len(steps); i++ {
		if steps[i].Gate == nil && steps[i].Backfill == nil {
			steps[i].Gate = &Gate{engine: true}
		}
	}
}

// requirement is what a gate asks for that waits for the engine.
func (e *EngineJob) requirement() string { return "engine:" + e.Name }

// otherScript is the name of an engine's script, with a number where an earlier step
// has it.
func otherScript(e *EngineJob, earlier []Step) string {
	name := e.Run.Engine + "_" + Slug(e.Table.Name)
	free := name
	for n := 2; slices.ContainsFunc(earlier, func(s Step) bool { return s.Engine != nil && s.Engine.Name == free }); n++ {
		free = fmt.Sprintf("%s_%d", name, n)
	}
	return free
}

// engineBack finds the way back: what the server does at once or in place it does first,
// and the rest is for an engine again.
func (b *builder) engineBack(w *engineWork, before *schema.State, script *change.Script) error {
	stmt := script.Stmts[0]
	after := before.Clone()
	for _, op := range stmt.Ops {
		after.Apply(script, op)
	}
	u := undoer{builder: b, before: before, after: after, bare: true}
	var copied []string
	head := "ALTER TABLE " + b.in.Text.QuoteName(w.job.Table) + " "
	for _, op := range slices.Backward(stmt.Ops) {
		if asksHow(op) {
			continue
		}
		way, final := u.undo(op)
		if final != "" && !strings.Contains(w.final, final) {
			w.final = strings.TrimSpace(w.final + " " + final)
		}
		for _, v := range way {
			o, err := b.in.online(after, v.sql)
			if err != nil {
				return err
			}
			if o.effect.Work.Grows() && (o.effect.Rebuild || o.effect.Algorithm == change.Copy || o.effect.Blocks.Has(change.Writes)) && strings.HasPrefix(v.sql, head) {
				copied = append(copied, strings.TrimPrefix(v.sql, head))
				continue
			}
			w.down = append(w.down, back{o.pinned(), v.done})
			o.applyTo(after)
		}
	}
	if len(copied) == 0 {
		return nil
	}
	return b.copiedBack(w, after, head+strings.Join(copied, ", "))
}

// copiedBack asks for the engine's command of a way back.
func (b *builder) copiedBack(w *engineWork, after *schema.State, sql string) error {
	script, err := b.in.parsed([]string{sql})
	if err != nil {
		return err
	}
	done := b.showsDone(after, script.Stmts[0].Ops)
	run, err := b.in.Options.Engine(EngineAsk{Target: b.in.Target, Facts: b.in.Facts, Script: script, Stmt: script.Stmts[0], State: after})
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		w.final = strings.TrimSpace(w.final + " " + fmt.Sprintf("What takes it back, %s, copies the table: %s.", sql, refusal.Reason))
		return nil
	case err != nil:
		return err
	case done == "":
		return nil
	}
	w.job.Back, w.job.BackSQL = run, sql
	w.down = append(w.down, back{sql, done})
	return nil
}
