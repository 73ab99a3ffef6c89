package gate

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// found is the beginning of a result.
func found(s State, why string) Result { return Result{State: s, Why: why} }

// step checks all that a step requires, and all that its SQL needs.
func (c *checker) step(ctx context.Context, n int) []Result {
	var out []Result
	for _, r := range c.Plan.Steps[n-1].Requires {
		one := c.requirement(ctx, n, r)
		one.Requirement = r
		out = append(out, one)
	}
	if !c.Plan.Steps[n-1].Waits {
		return out // it is with the migrations
	}
	for _, r := range c.added(ctx, n) {
		r.Extra = true
		out = append(out, r)
	}
	return out
}

// requirement checks what plan.yml names.
func (c *checker) requirement(ctx context.Context, step int, r string) Result {
	kind, what, _ := strings.Cut(r, ":")
	switch kind {
	case "backfill":
		return c.filled(ctx, what)
	case "engine":
		return c.worked(ctx, what)
	case "deploy":
		return c.deployed(ctx, step, r)
	case "wait":
		d, err := time.ParseDuration(what)
		if err != nil {
			return found(Unknown, "it names no time")
		}
		return c.waited(ctx, step, d)
	}
	return found(Unknown, "this safemig does not know what it means")
}

// added checks what the step's SQL and the configuration add.
func (c *checker) added(ctx context.Context, n int) []Result {
	var out []Result
	for _, s := range c.sql[:n] {
		if s.err != nil {
			out = append(out, named("understood", found(Unknown, oneLine(s.err.Error())+": what the step needs and takes away is not known for sure")))
			break
		}
	}
	if c.Plan.Dialect == "postgres" {
		for _, h := range validated(c.sql[:n-1]) {
			out = append(out, named("valid:"+h.name, c.isValid(ctx, h)))
		}
		for _, t := range touched(c.sql[n-1]) {
			if c.DB != nil {
				out = append(out, named("indexes:"+t.String(), c.hasNoInvalid(ctx, t, c.sql[n-1:])))
			}
		}
	}
	out = append(out, c.unused(ctx, n)...)
	if c.DB != nil && c.Options.MaxLag >= 0 {
		if r := c.lagOnce(ctx); r.State != Passed || r.Why != "" {
			out = append(out, named("lag", r))
		}
	}
	if c.Options.Backup != nil && c.Plan.Steps[n-1].Final != "" {
		out = append(out, named("backup", c.backedUp(ctx, n)))
	}
	return out
}

func (c *checker) lagOnce(ctx context.Context) Result {
	if c.lagSeen == nil {
		r := c.lag(ctx)
		if r.State == Passed && c.DB.Dialect == "postgres" {
			if behind := c.catchesUp(ctx); behind.State != Passed {
				r = behind
			}
		}
		c.lagSeen = &r
	}
	return *c.lagSeen
}

// accept lets what is unknown through where the configuration has a reason for it.
func (c *checker) accept(r Result) Result {
	if r.State != Unknown || c.Options.Untrusted != "" {
		return r
	}
	for _, a := range c.Options.Accept {
		if a.Reason != "" && like(a.Match, r.Requirement) {
			r.State, r.Why = Passed, fmt.Sprintf("accepted, because %s (%s)", a.Reason, r.Why)
			return r
		}
	}
	return r
}

// like says whether a text is like a pattern, in which * stands for any text.
func like(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, p := range parts[1 : len(parts)-1] {
		_, after, has := strings.Cut(rest, p)
		if !has {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
