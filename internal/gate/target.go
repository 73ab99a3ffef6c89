package gate

import (
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
	if e := c.Plan.Confirmation(requirement); e != nil {
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
