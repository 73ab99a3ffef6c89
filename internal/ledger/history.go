package ledger

import (
	"fmt"
	"slices"
	"time"
)

// Event is something that has happened to a plan.
type Event struct {
	At   Moment `yaml:"at"`
	What string `yaml:"what"` // Confirmed, MovedIn, RolledBack
	Step int    `yaml:"step,omitempty"`
	// Requirement is what somebody has confirmed: "deploy:WHAT", or "step:N", that the
	// step has run where it counts.
	Requirement string `yaml:"requirement,omitempty"`
	By          string `yaml:"by,omitempty"`
	// Despite are requirements that were not true when somebody went on, for a Reason.
	Despite []string `yaml:"despite,omitempty"`
	Reason  string   `yaml:"reason,omitempty"`
	Files   []string `yaml:"files,omitempty"` // that were written, as seen from the plan's folder
}

// What can happen to a plan.
const (
	Confirmed  = "confirmed"
	MovedIn    = "moved-in"    // a step's files now stand with the migrations
	RolledBack = "rolled-back" // the way back of a step stands with the migrations
)

// Moment is a point in time, in UTC.
type Moment string

// MomentOf is a time to the second.
func MomentOf(t time.Time) Moment { return Moment(t.UTC().Format(time.RFC3339)) }

// Time is the moment as a time.
func (m Moment) Time() (time.Time, error) { return time.Parse(time.RFC3339, string(m)) }

func (e *Event) check(p *Plan) error {
	if _, err := e.At.Time(); err != nil {
		return fmt.Errorf("%q is no time such as 2026-01-31T12:00:00Z", e.At)
	}
	if !slices.Contains([]string{Confirmed, MovedIn, RolledBack}, e.What) {
		return fmt.Errorf("%q is none of %s, %s, %s", e.What, Confirmed, MovedIn, RolledBack)
	}
	if e.Step < 0 || e.Step > len(p.Steps) {
		return fmt.Errorf("there is no step %d", e.Step)
	}
	if e.Requirement != "" && e.What != Confirmed {
		return fmt.Errorf("%s has no requirement: %s", e.What, e.Requirement)
	}
	if len(e.Despite) > 0 && e.Reason == "" {
		return fmt.Errorf("it went on without %s for no reason", e.Despite[0])
	}
	return nil
}

func (e *Event) emit(to *emitter) {
	to.out.WriteString("  - at: " + scalar(2, string(e.At)) + "\n")
	to.key(4, "what", e.What)
	if e.Step > 0 {
		fmt.Fprintf(&to.out, "    step: %d\n", e.Step)
	}
	to.key(4, "requirement", e.Requirement)
	to.key(4, "by", e.By)
	to.list(4, "despite", e.Despite)
	to.key(4, "reason", e.Reason)
	to.list(4, "files", e.Files)
}
