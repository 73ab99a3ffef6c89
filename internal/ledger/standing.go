package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// Standing is how a step of a plan stands.
type Standing string

// How a step can stand.
const (
	Done      Standing = "done"        // its files stand with the migrations; of a backfill: it is done and verified
	Next      Standing = "next"        // it is the first that is not done
	Waiting   Standing = "waiting"     // one before it is not done
	TakenBack Standing = "rolled-back" // its way back stands with the migrations, or it never got there
)

// Confirmation is the event by which somebody has confirmed a requirement, if it is the
// last word about it; nil: nobody has.
func (p *Plan) Confirmation(requirement string) *Event {
	for i := range slices.Backward(p.History) {
		e := &p.History[i]
		switch {
		case e.Requirement != requirement:
		case e.What == Confirmed:
			return e
		default:
			return nil
		}
	}
	return nil
}

// StepRan is what confirms that a step has run where it counts: "step:3".
func StepRan(step int) string { return fmt.Sprintf("step:%d", step) }

// last is the newest event of some kinds about a step.
func (p *Plan) last(step int, what ...string) *Event {
	for i := range slices.Backward(p.History) {
		if e := &p.History[i]; e.Step == step && slices.Contains(what, e.What) {
			return e
		}
	}
	return nil
}

// InPlace says whether a step's files stand with the migrations. Steps count from 1.
func (p *Plan) InPlace(step int) bool {
	e := p.last(step, MovedIn, RolledBack)
	switch {
	case e != nil:
		return e.What == MovedIn
	case p.Steps[step-1].Backfill != nil:
		return false
	}
	return !p.Steps[step-1].Waits
}

// RolledBack says whether a step was taken back.
func (p *Plan) RolledBack(step int) bool {
	e := p.last(step, MovedIn, RolledBack)
	return e != nil && e.What == RolledBack
}

// BackBy are the migrations that take a step back, where it was taken back.
func (p *Plan) BackBy(step int) []string {
	if !p.RolledBack(step) {
		return nil
	}
	return p.last(step, RolledBack).Files
}

// BackfillDone says of a backfill's step whether the plan knows that it is done:
// somebody has said so, or a step that needs it was let through.
func (p *Plan) BackfillDone(step int) bool {
	b := p.Steps[step-1].Backfill
	if b == nil || p.Confirmation(StepRan(step)) != nil {
		return b != nil
	}
	for i := step; i < len(p.Steps); i++ {
		if slices.Contains(p.Steps[i].Requires, "backfill:"+b.Name) && p.InPlace(i+1) {
			return true
		}
	}
	return false
}

// Standings are how the steps stand. jobs says of backfills whether a server knows
// them to be done and verified; nil: no server was asked.
func (p *Plan) Standings(jobs map[string]bool) []Standing {
	out := make([]Standing, len(p.Steps))
	open := false
	for i := range p.Steps {
		done := p.InPlace(i + 1)
		if b := p.Steps[i].Backfill; b != nil {
			done = jobs[b.Name] || p.BackfillDone(i+1)
		}
		switch {
		case p.RolledBack(i + 1):
			out[i] = TakenBack
		case done:
			out[i] = Done
		case open:
			out[i] = Waiting
		default:
			out[i], open = Next, true
		}
	}
	return out
}

// ToConfirm are the requirements that somebody can confirm, in the order of the steps:
// what the application does, and that a step has run.
func (p *Plan) ToConfirm() []string {
	var out []string
	for i := range p.Steps {
		for _, r := range p.Steps[i].Requires {
			if strings.HasPrefix(r, "deploy:") && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	for i := range p.Steps {
		out = append(out, StepRan(i+1))
	}
	return out
}

// Deepen has the plan name what is outside of its folder as it is seen from a folder that
// is one deeper.
func (p *Plan) Deepen() {
	deeper := func(files []string) []string {
		out := make([]string, 0, len(files))
		for _, f := range files {
			if strings.HasPrefix(f, "../") {
				f = "../" + f
			}
			out = append(out, f)
		}
		return out
	}
	p.Source = deeper([]string{p.Source})[0]
	p.Steps, p.History = slices.Clone(p.Steps), slices.Clone(p.History)
	for i := range p.Steps {
		p.Steps[i].Files = deeper(p.Steps[i].Files)
	}
	for i := range p.History {
		if len(p.History[i].Files) > 0 {
			p.History[i].Files = deeper(p.History[i].Files)
		}
	}
}
