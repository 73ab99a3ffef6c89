package gate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/wording"
)

// unused is whether anybody still uses what a step, or one behind it, takes away.
func (c *checker) unused(ctx context.Context, step int) []Result {
	var out []Result
	all, own := c.targets(step)
	for i, t := range all {
		name := "unused:" + t.String()
		if c.DB == nil {
			out = append(out, Result{Requirement: name, State: Unknown, Why: noServer})
			continue
		}
		s := c.found[t.String()]
		switch {
		case s.err != nil:
			out = append(out, named(name+"/objects", failed(ctx, s.err, c.Options.timeout())))
		case !s.is && i >= own: // a step between makes it
		case !s.is:
			out = append(out, named(name, found(Unknown, fmt.Sprintf("%s is not there: is it gone already, is this another database, or may this user not see it?", t))))
		default:
			out = append(out, named(name+"/objects", c.objects(step, t, s)))
			out = append(out, c.asked(ctx, step, name, s)...)
		}
	}
	return out
}

func named(requirement string, r Result) Result {
	r.Requirement = requirement
	return r
}

// objects judges what is defined in the database. What the plan itself makes for its own
// use, and what the steps until then define anew or drop, is nobody's reader.
func (c *checker) objects(step int, t target, s *seen) Result {
	var all, unsure []user
	for _, u := range s.users {
		switch {
		case c.handled(step, t, u.name):
		case u.perhaps:
			unsure = append(unsure, u)
		default:
			all = append(all, u)
		}
	}
	switch {
	case len(all) > 0:
		return found(Closed, "it is named by "+shownOf(all))
	case len(unsure) > 0:
		return found(Unknown, "it may be named by "+shownOf(unsure))
	case len(s.hidden) > 0:
		return found(Unknown, "this user may not see "+strings.Join(s.hidden, ", "))
	}
	return found(Passed, "nothing that is defined in the database names it")
}

// handled says whether the plan sees to an object: it has made it, as a trigger or a
// function of its own, or a step up to the one that takes the target away defines or
// drops it.
func (c *checker) handled(step int, t target, name string) bool {
	for i, s := range c.sql {
		ahead := i+1 >= step
		for _, op := range s.ops {
			switch o := op.(type) {
			case *change.CreateTrigger:
				if o.Name == name || o.Function.Name == name {
					return true
				}
			case *change.DropTrigger:
				if ahead && o.Name == name {
					return true
				}
			case *change.DropConstraint:
				if ahead && o.Name == name {
					return true
				}
			case *change.Object:
				if o.Name.Name == name && (ahead || o.Class == "function") && (o.Verb == "drop" || o.Verb == "create") {
					return true
				}
			}
		}
		if ahead && slices.ContainsFunc(c.gone(i+1), func(g target) bool { return same(g, t) }) {
			return false
		}
	}
	return false
}

// asked judges what servers are asked for. The second look is taken where the first one
// leaves something to see.
func (c *checker) asked(ctx context.Context, step int, name string, s *seen) []Result {
	q := c.quest(step, s)
	var out []Result
	for _, on := range c.servers {
		if on.err != nil {
			out = append(out, named(name+"/statements"+on.suffix(), found(Unknown, oneLine(on.err.Error()))))
			continue
		}
		if on.watched == 0 && q.wants(on) {
			c.lookAgain(ctx, on)
		}
		out = append(out, named(name+"/statements"+on.suffix(), q.statements(on)), named(name+"/sessions"+on.suffix(), q.sessions(on)))
		if s.to.Column == "" {
			out = append(out, named(name+"/rows"+on.suffix(), q.rows(on)))
		}
	}
	if r := c.onReplicas(); r != nil {
		out = append(out, named(name+"/replicas", *r))
	}
	return out
}

// quest is the question about a target of a step.
func (c *checker) quest(step int, s *seen) *quest {
	at, known := c.everywhere(step)
	q := &quest{to: s.to, parts: s.parts, since: c.Now.Sub(at), known: known, quiet: c.Options.quiet(), ours: own(c.Plan), again: "confirm the deployment again"}
	if d := c.deploys(step); len(d) > 0 {
		q.again = fmt.Sprintf("confirm it again: safemig status confirm %s --plan %s", wording.ShellWord(d[0]), wording.ShellWord(c.Plan.Name))
	}
	return q
}

// wants says whether a second look may tell more than the first: of a table that goes it
// does, and where counts are told and are not enough.
func (q *quest) wants(s *server) bool {
	return q.to.Column == "" && s.first.usesErr == nil || s.first.statementsErr == nil && q.statements(s).State != Passed
}
