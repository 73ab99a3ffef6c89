package gate

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/ledger"
)

// targets are what nobody may use any more when a step runs: what it takes away, and,
// where it waits for the new version of the application, what the steps behind it take
// away that wait for no newer one. own are those of the step itself.
func (c *checker) targets(step int) (all []target, own int) {
	all = c.gone(step)
	own = len(all)
	deploys := c.deploys(step)
	if len(deploys) == 0 {
		return all, own
	}
	for j := step + 1; j <= len(c.Plan.Steps); j++ {
		for _, d := range c.deploys(j) {
			if !slices.Contains(deploys, d) {
				return all, own
			}
		}
		for _, t := range c.gone(j) {
			if !slices.ContainsFunc(all, func(has target) bool { return same(has, t) }) {
				all = append(all, t)
			}
		}
	}
	return all, own
}

// gone is what a step takes away.
func (c *checker) gone(step int) []target {
	var renamed []target
	for _, s := range c.sql[:step-1] {
		for _, op := range s.ops {
			if r, is := op.(*change.RenameColumn); is {
				renamed = append(renamed, target{r.Table, r.From})
			}
		}
	}
	return slices.DeleteFunc(leaving(c.sql[step-1].ops, renamed), func(t target) bool { return c.isOurs(t, step) })
}

// passing ends the names that a plan gives to what it makes, until it has the name that
// it is made for: nobody else knows them.
const passing = "_safemig_new"

// isOurs says whether a name is one that the plan made up for a while.
func (c *checker) isOurs(t target, step int) bool {
	name := t.Column
	if name == "" {
		name = t.Table.Name
	}
	if !strings.HasSuffix(name, passing) {
		return false
	}
	for _, s := range c.sql[:step] {
		for _, op := range s.ops {
			switch o := op.(type) {
			case *change.AddColumn:
				if o.Column.Name == name {
					return true
				}
			case *change.CreateTable:
				if o.Table.Name == name {
					return true
				}
			case *change.Object:
				if o.Verb == "create" && o.Name.Name == name {
					return true
				}
			}
		}
	}
	return false
}

// deploys are a step's requirements of the application.
func (c *checker) deploys(step int) []string {
	return slices.DeleteFunc(slices.Clone(c.Plan.Steps[step-1].Requires), func(r string) bool { return !strings.HasPrefix(r, "deploy:") })
}

// everywhere is since when the version of the application that a step waits for runs: it
// was confirmed, or a step that waited for it was let through.
func (c *checker) everywhere(step int) (at time.Time, known bool) {
	for j := 1; j <= step; j++ {
		for _, d := range c.deploys(j) {
			one, is := c.deployedAt(d)
			if !is {
				return time.Time{}, false
			}
			if one.After(at) {
				at, known = one, true
			}
		}
	}
	return at, known
}

// deployedAt is when a requirement of the application was true at the latest.
func (c *checker) deployedAt(requirement string) (time.Time, bool) {
	if e := c.lastWord(requirement); e != nil && e.What == ledger.Confirmed {
		at, err := e.At.Time()
		return at, err == nil
	}
	for i := range c.Plan.History {
		e := &c.Plan.History[i]
		if e.What != ledger.MovedIn || e.Step < 1 || slices.Contains(e.Despite, requirement) {
			continue
		}
		if slices.Contains(c.Plan.Steps[e.Step-1].Requires, requirement) {
			at, err := e.At.Time()
			return at, err == nil
		}
	}
	return time.Time{}, false
}

// seen is what the plan's server says of a target.
type seen struct {
	to     target
	parts  []string
	is     bool
	users  []user
	hidden []string
	err    error
}

// seek looks for the targets of some steps.
func (c *checker) seek(ctx context.Context, steps []int) {
	c.found = map[string]*seen{}
	var tables []string
	for _, n := range steps {
		all, _ := c.targets(n)
		for _, t := range all {
			if c.found[t.String()] != nil {
				continue
			}
			s := &seen{to: t}
			c.found[t.String()] = s
			s.err = c.within(ctx, c.DB, func(ctx context.Context, conn *sql.Conn) error { return c.lookFor(ctx, conn, s) })
			for _, p := range s.parts {
				if !slices.Contains(tables, p) {
					tables = append(tables, p)
				}
			}
		}
	}
	if len(tables) > 0 {
		c.lookOnce(ctx, tables)
	}
}

func (c *checker) lookFor(ctx context.Context, conn *sql.Conn, s *seen) error {
	if c.DB.Dialect == "postgres" {
		out, err := pgLook(ctx, conn, c.DB.Version, s.to)
		s.parts, s.is, s.users = out.parts, out.is, out.users
		return err
	}
	out, err := myLook(ctx, conn, c.DB.Dialect, s.to)
	s.to, s.is, s.users, s.hidden = out.table, out.is, out.users, out.hidden
	s.parts = []string{s.to.Table.Name}
	return err
}

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
		q.again = fmt.Sprintf("take the confirmation back and give it anew: safemig status confirm %s --plan %s --undo", shellWord(d[0]), shellWord(c.Plan.Name))
	}
	return q
}

// wants says whether a second look may tell more than the first: of a table that goes it
// does, and where counts are told and are not enough.
func (q *quest) wants(s *server) bool {
	return q.to.Column == "" && s.first.usesErr == nil || s.first.statementsErr == nil && q.statements(s).State != Passed
}
