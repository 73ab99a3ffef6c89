package report

import (
	"fmt"
	"time"
)

// Status is how the unfinished plans of a project stand.
type Status struct {
	Now    time.Time
	Server string // that was asked, without its password; "": none was
	Plans  []PlanStatus
	Broken []BrokenPlan
	// Leftovers are of changes that no plan knows of; Unread says what could not be
	// looked at for them.
	Leftovers []Leftover
	Unread    []string
}

// Leftover is one thing that was made for a while and is still there.
type Leftover struct {
	Kind, Object string
	Path         string // the migration that made it; "": only a server knows of it
	Line         int    // from 1; 0: not known
	Since        string // a file, or the time a server gives
	Guess        bool   // its name says so, and nothing else
	Why, Remedy  string
}

// place is where and since when it is there; "": nobody knows.
func (l *Leftover) place() string {
	switch {
	case l.Path != "" && l.Line > 0:
		return fmt.Sprintf("%s:%d", cleanName(l.Path), l.Line)
	case l.Path != "":
		return cleanName(l.Path)
	}
	return l.Since
}

// said is what it is, and since when.
func (l *Leftover) said() string {
	out := l.Object + " (" + l.Kind
	if l.Guess {
		out += ", a guess"
	}
	out += ")"
	if at := l.place(); at != "" {
		out += ", since " + at
	}
	return out
}

// PlanState is how a plan stands as a whole.
type PlanState string

// How a plan can stand.
const (
	PlanOpen       PlanState = "open"        // something is still to be done or to be waited for
	PlanReady      PlanState = "ready"       // the next files may be moved to the migrations
	PlanFinished   PlanState = "finished"    // all is done
	PlanRolledBack PlanState = "rolled-back" // all was taken back
)

// PlanStatus is how one plan stands.
type PlanStatus struct {
	Name                    string
	File                    string // plan.yml
	Source, Dialect, Layout string
	Created, Deadline       string // days
	AgeDays                 int
	// DaysLeft is how many days are left to finish it; it is negative when the
	// deadline is over.
	DaysLeft int
	State    PlanState
	Steps    []StepStatus
	// Do is what to do next: commands, or words where there is none for it.
	Do []string
	// Faults are what is wrong with the plan's files, with what to do about it.
	Faults []string
}

// Overdue says whether a plan that is not finished has passed its deadline.
func (p *PlanStatus) Overdue() bool {
	return p.DaysLeft < 0 && (p.State == PlanOpen || p.State == PlanReady)
}

// StepStatus is how a step stands.
type StepStatus struct {
	Number       int // from 1
	Phase, Title string
	State        string // done, next, waiting, rolled-back
	Files        []string
	Confirmed    string   // who confirmed that it ran, and when; "": nobody
	Final        string   // what nothing takes back
	BackBy       []string // the migrations that take it back, where it was
	Gates        []GateStatus
}

// GateStatus is whether something is true that a step waits for.
type GateStatus struct {
	Requirement string // as plan.yml has it: "deploy:..."
	Words       string // the same for people
	State       string // passed, closed, unknown
	Why         string
	Do          string // what opens it; "": nothing but time, or it is open
	Extra       bool   // plan.yml does not name it
}

// BrokenPlan is a plan.yml that cannot be read.
type BrokenPlan struct {
	Path         string
	Line, Column int // from 1; 0: the whole file
	Message      string
	Remedy       string
}

// place is where a broken plan is broken.
func (b *BrokenPlan) place() string {
	if b.Line == 0 {
		return cleanName(b.Path)
	}
	return fmt.Sprintf("%s:%d:%d", cleanName(b.Path), b.Line, b.Column)
}

// Overdue is how many plans have passed their deadline.
func (s *Status) Overdue() int {
	n := 0
	for i := range s.Plans {
		if s.Plans[i].Overdue() {
			n++
		}
	}
	return n
}

// Faults is how many plans there is something wrong with.
func (s *Status) Faults() int {
	n := len(s.Broken)
	for i := range s.Plans {
		if len(s.Plans[i].Faults) > 0 {
			n++
		}
	}
	return n
}

// in is how many plans are in a state.
func (s *Status) in(state PlanState) int {
	n := 0
	for i := range s.Plans {
		if s.Plans[i].State == state {
			n++
		}
	}
	return n
}
