package engine

import (
	"fmt"
	"slices"
	"strings"
)

// Reason is what an engine makes of a situation that is there.
type Reason struct {
	Sighting
	Cell
}

// Text is the reason in words, with the names that it is about.
func (r Reason) Text() string {
	out := string(r.Situation)
	if about := slices.DeleteFunc(slices.Clone(r.About), func(n string) bool { return n == "" }); len(about) > 0 {
		out += " (" + strings.Join(about, ", ") + ")"
	}
	if r.Why != "" {
		out += ": " + r.Why
	}
	return out
}

// Opinion is whether an engine can make the change, and why, the worst first.
type Opinion struct {
	Engine  Name
	Verdict Verdict
	Reasons []Reason
}

// risks are how many reasons there are to take care.
func (o *Opinion) risks() int {
	n := 0
	for _, r := range o.Reasons {
		if r.Verdict == Risk {
			n++
		}
	}
	return n
}

// Choice is what came out.
type Choice struct {
	Opinions []Opinion // of all engines, in the order of All
	Run      *Run      // nil where no engine can make the change
}

// Refused is that the engine which was asked for cannot make the change.
type Refused struct{ Opinion Opinion }

func (r *Refused) Error() string {
	var why []string
	for _, reason := range r.Opinion.Reasons {
		if reason.Verdict == Cannot {
			why = append(why, reason.Text())
		}
	}
	return fmt.Sprintf("%s cannot make this change: %s", r.Opinion.Engine.Title(), strings.Join(why, "; "))
}

// Choose chooses an engine, or takes the one that is wanted, and writes its
// command. Where the wanted one cannot make the change, the error is a *Refused
// and the opinions are there all the same.
func (r *Request) Choose(wanted Name) (*Choice, error) {
	if r.Target.Dialect == "postgres" {
		return nil, fmt.Errorf("online schema change engines are for MySQL and MariaDB, not for %s", r.Target.Name())
	}
	s, err := r.look()
	if err != nil {
		return nil, err
	}
	c := &Choice{}
	for _, n := range All() {
		c.Opinions = append(c.Opinions, s.judge(n))
	}
	best := s.best(c.Opinions, wanted)
	if best == nil {
		return c, nil
	}
	if best.Verdict == Cannot {
		return c, &Refused{Opinion: *best}
	}
	c.Run = s.run(best)
	return c, nil
}

// best is the engine that is wanted, else the one with the fewest risks, else nil.
func (s *sight) best(opinions []Opinion, wanted Name) *Opinion {
	var best *Opinion
	for i := range opinions {
		o := &opinions[i]
		if o.Engine == wanted {
			return o
		}
		if o.Verdict != Cannot && (best == nil || o.risks() < best.risks()) {
			best = o
		}
	}
	return best
}

func (s *sight) judge(n Name) Opinion {
	o := Opinion{Engine: n}
	for _, seen := range s.seen {
		c := cell(seen.Situation, n)
		if c.Why == "" {
			continue
		}
		o.Reasons = append(o.Reasons, Reason{seen, c})
		o.Verdict = max(o.Verdict, c.Verdict)
	}
	slices.SortStableFunc(o.Reasons, func(a, b Reason) int { return int(b.Verdict) - int(a.Verdict) })
	return o
}
