package report

import (
	"strconv"
	"strings"
)

// stands says in some words how a plan stands.
func (p *PlanStatus) stands() string {
	switch p.State {
	case PlanFinished:
		return "finished"
	case PlanRolledBack:
		return "taken back"
	case PlanReady:
		return p.current("may go on")
	}
	return p.current("")
}

// current names the step that comes next.
func (p *PlanStatus) current(rest string) string {
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.State != "next" {
			continue
		}
		if rest == "" {
			rest = s.waits()
		}
		return "step " + strconv.Itoa(s.Number) + " of " + strconv.Itoa(len(p.Steps)) + " " + rest
	}
	return "open"
}

// waits says what a step that is not done does.
func (s *StepStatus) waits() string {
	if s.Phase == "backfill" {
		return "is next"
	}
	return "waits"
}

// age says how old a plan is, and how much time it has left.
func (p *PlanStatus) age() string {
	words := "begun today"
	if p.AgeDays > 0 {
		words = "begun " + count(p.AgeDays, "day", "days") + " ago"
	}
	switch {
	case p.State == PlanFinished || p.State == PlanRolledBack:
		return words
	case p.DaysLeft < 0:
		return words + ", overdue by " + count(-p.DaysLeft, "day", "days") + ": it was to be finished by " + p.Deadline
	case p.DaysLeft == 0:
		return words + ", to be finished today"
	}
	return words + ", to be finished by " + p.Deadline + ", in " + count(p.DaysLeft, "day", "days")
}

// origin says what a plan is of.
func (p *PlanStatus) origin() string {
	return "of " + p.Source + ", for " + p.Dialect + ", layout " + p.Layout
}

// said is a gate in words, with the reason why it is as it is.
func (g *GateStatus) said() string {
	if g.Why == "" {
		return g.Words
	}
	return g.Words + ": " + g.Why
}

// summary is how all plans stand, in one line.
func (s *Status) summary() string {
	parts := []string{count(len(s.Plans), "plan", "plans")}
	if len(s.Plans)+len(s.Broken) == 0 {
		parts[0] = "no plan waits"
	}
	for _, part := range []struct {
		n    int
		word string
	}{
		{s.in(PlanReady), "may go on"}, {s.in(PlanFinished), "finished"}, {s.in(PlanRolledBack), "taken back"},
		{s.Overdue(), "overdue"}, {len(s.Broken), "broken"}, {s.Faults() - len(s.Broken), "with files that are missing or too many"},
		{len(s.Leftovers), "left over"},
	} {
		if part.n > 0 {
			parts = append(parts, strconv.Itoa(part.n)+" "+part.word)
		}
	}
	return strings.Join(parts, ", ")
}

// asked says where the gates were asked.
func (s *Status) asked() string {
	if s.Server == "" {
		return "no server was asked: what only it knows is unknown; --dsn asks one"
	}
	return "asked: " + s.Server
}
