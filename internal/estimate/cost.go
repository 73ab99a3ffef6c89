package estimate

import (
	"github.com/safemig/safemig/dialect/change"
)

// Figure is one quantity of a step, and how it is computed.
type Figure struct {
	Name     string // "rows", "batches", "duration", "reads", "WAL", "disk"
	Amount   Range
	Unit     Unit
	Formula  string
	Measured bool // part of it was tried on the server itself
}

// Hold is a lock that keeps others waiting, and for how long.
type Hold struct {
	Table  change.Name
	Effect change.Effect
	// Time is for how long; zero: a moment, whatever the table's size.
	Time  Range
	Known bool // the time is known
}

// Cost is what one step costs.
type Cost struct {
	Step    *Step
	Figures []Figure
	Holds   []Hold
	Missing []string // what is not known, and how to make it known
	Notes   []string
	Time    Range // in seconds, of its work
	Log     Range
	Disk    Range
	Reads   Range
}

// Total is what a plan costs.
type Total struct {
	Plan   *Plan
	Costs  []Cost
	Window []string // which step to run when
}

// Of estimates a plan.
func (c *Case) Of(p *Plan) *Total {
	t := &Total{Plan: p}
	for i := range p.Steps {
		t.Costs = append(t.Costs, c.step(&p.Steps[i]))
	}
	t.Window = c.window(t)
	return t
}

func (c *Case) step(s *Step) Cost {
	cost := Cost{Step: s}
	if s.Job != nil {
		c.job(&cost, s.Job)
		return cost
	}
	times := make([]Range, len(s.Statements))
	known := make([]bool, len(s.Statements))
	for i := range s.Statements {
		before, missing := cost.Time, len(cost.Missing)
		c.statement(&cost, &s.Statements[i])
		times[i] = Range{cost.Time.Low - before.Low, cost.Time.High - before.High}
		known[i] = len(cost.Missing) == missing
	}
	cost.holds(times, known)
	return cost
}

// holds says for how long each lock is held: until the statement is done, or until the
// transaction is.
func (cost *Cost) holds(times []Range, known []bool) {
	s := cost.Step
	for i := range s.Statements {
		for _, e := range s.Statements[i].Effects {
			if e.Blocks&(change.Reads|change.Writes) == 0 {
				continue
			}
			h := Hold{Table: e.Table, Effect: e, Time: times[i], Known: known[i]}
			for j := i + 1; s.InTx && j < len(times); j++ {
				h.Time, h.Known = h.Time.Plus(times[j]), h.Known && known[j]
			}
			if s.Engine != "" {
				h.Time, h.Known = Range{}, true // the engine has done the work before
			}
			cost.hold(h)
		}
	}
}

// hold keeps the longest for each table and access.
func (cost *Cost) hold(h Hold) {
	for i, o := range cost.Holds {
		if o.Table != h.Table {
			continue
		}
		h.Effect = o.Effect.Merge(h.Effect)
		h.Known = h.Known && o.Known
		if o.Time.High > h.Time.High {
			h.Time = o.Time
		}
		cost.Holds[i] = h
		return
	}
	cost.Holds = append(cost.Holds, h)
}

// figure notes a quantity, and adds it up.
func (cost *Cost) figure(f Figure) {
	switch {
	case f.Unit == Seconds:
		cost.Time = cost.Time.Plus(f.Amount)
	case f.Name == "reads":
		cost.Reads = cost.Reads.Plus(f.Amount)
	case f.Name == "disk":
		cost.Disk = cost.Disk.Plus(f.Amount)
	case f.Unit == Bytes:
		cost.Log = cost.Log.Plus(f.Amount)
	}
	cost.Figures = append(cost.Figures, f)
}

// miss notes once what is not known.
func (cost *Cost) miss(what string) {
	for _, m := range cost.Missing {
		if m == what {
			return
		}
	}
	cost.Missing = append(cost.Missing, what)
}
