package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/gate"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
)

// planReport is a plan on its way to the report.
type planReport struct {
	*planner
	*ledger.Manifest
	stands  []ledger.Standing
	results []gate.Result
	show    report.PlanStatus
}

// planStands says how a plan stands.
func (p *planner) planStands(m *ledger.Manifest) (*report.PlanStatus, error) {
	t := &planReport{planner: p, Manifest: m}
	if err := t.ask(); err != nil {
		return nil, err
	}
	if err := t.dates(); err != nil {
		return nil, err
	}
	for i := range m.Steps {
		t.step(i + 1)
	}
	t.show.Faults = faultsOfFiles(m)
	t.show.State = t.state()
	t.show.Do = t.todo()
	return &t.show, nil
}

// ask asks the gates of all that waits, and which backfills are done.
func (t *planReport) ask() error {
	var steps []int
	for i := range t.Steps {
		if t.Steps[i].Waits && !t.InPlace(i+1) && !t.RolledBack(i+1) {
			steps = append(steps, i+1)
		}
	}
	var err error
	if t.results, err = t.check(t.Manifest, steps); err != nil {
		return err
	}
	t.stands = t.Standings(t.jobs())
	return nil
}

// jobs are the plan's backfills that its server knows to be done and verified. One
// that it cannot tell of is not done.
func (t *planReport) jobs() map[string]bool {
	out := map[string]bool{}
	for _, r := range t.results {
		if name, is := backfillOf(r.Requirement); is && r.State == gate.Passed {
			out[name] = true
		}
	}
	if t.serves(t.Plan) != nil {
		return out
	}
	for i := range t.Steps {
		b := t.Steps[i].Backfill
		if b == nil || out[b.Name] {
			continue
		}
		s, err := backfill.Find(t.cli.Context, t.db, b.Name)
		out[b.Name] = err == nil && s.State == backfill.Done && !s.Verified.IsZero() && s.Owed == 0
	}
	return out
}

// dates are how old the plan is, and when it is to be finished.
func (t *planReport) dates() error {
	created, err := t.Created.Time()
	deadline, errToo := t.Deadline.Time()
	if err := errors.Join(err, errToo); err != nil {
		return fmt.Errorf("%s: %w", t.File, err)
	}
	today, err := ledger.DateOf(t.now).Time()
	if err != nil {
		return fmt.Errorf("the day of today: %w", err)
	}
	const day = 24 * time.Hour
	t.show = report.PlanStatus{
		Name: t.Name, File: shownPath(t.File), Source: shownPath(t.Abs(t.Source)), Dialect: t.Dialect, Layout: t.Layout,
		Created: string(t.Created), Deadline: string(t.Deadline),
		AgeDays: int(max(today.Sub(created), 0) / day), DaysLeft: int(deadline.Sub(today) / day),
	}
	return nil
}

// shownPath is a path as reports print it.
func shownPath(file string) string { return filepath.ToSlash(filepath.Clean(file)) }

// step adds a step to the report, with its gates.
func (t *planReport) step(number int) {
	s := &t.Steps[number-1]
	show := report.StepStatus{Number: number, Phase: s.Phase, Title: s.Title, State: string(t.stands[number-1]), Final: s.Final}
	for _, f := range s.Files {
		if t.stands[number-1] != ledger.TakenBack || strings.HasPrefix(f, "../") { // else it is gone
			show.Files = append(show.Files, shownPath(t.Abs(f)))
		}
	}
	for _, f := range t.BackBy(number) {
		show.BackBy = append(show.BackBy, shownPath(t.Abs(f)))
	}
	if e := t.Confirmation(ledger.StepRan(number)); e != nil {
		show.Confirmed = said(e)
	}
	for _, r := range t.results {
		if r.Step == number {
			show.Gates = append(show.Gates, t.gate(&r))
		}
	}
	t.show.Steps = append(t.show.Steps, show)
}

// said is who confirmed something, and when.
func said(e *ledger.Event) string {
	text := string(e.At)
	if e.By != "" {
		text = e.By + ", " + text
	}
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

// state is how the plan stands as a whole.
func (t *planReport) state() report.PlanState {
	next := t.next()
	switch {
	case next == 0 && slices.Contains(t.stands, ledger.TakenBack):
		return report.PlanRolledBack
	case next == 0:
		return report.PlanFinished
	case t.Steps[next-1].Waits && t.passed(next):
		return report.PlanReady
	}
	return report.PlanOpen
}

// next is the first step that is not done, from 1; 0: all are.
func (t *planReport) next() int {
	for i, s := range t.stands {
		if s == ledger.Next {
			return i + 1
		}
	}
	return 0
}

// passed says whether every gate of a step is open.
func (t *planReport) passed(step int) bool { return len(closedOf(t.results, step)) == 0 }

// closedOf are the gates of a step that are not open. What is not known is not open.
func closedOf(results []gate.Result, step int) []gate.Result {
	var out []gate.Result
	for _, r := range results {
		if r.Step == step && r.State != gate.Passed {
			out = append(out, r)
		}
	}
	return out
}
