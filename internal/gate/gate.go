// Package gate checks what the waiting steps of a plan require: what plan.yml says
// somebody has done, what a server says of itself, and what the steps' own SQL needs.
//
// It only looks. Every check is bounded, and one that cannot be made is Unknown, which
// lets nothing through.
package gate

import (
	"context"
	"fmt"
	"time"

	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/livedb"
)

// State is what became of a check.
type State string

// The states. Only Passed lets a step go on.
const (
	Passed  State = "passed"
	Closed  State = "closed"
	Unknown State = "unknown"
)

// Result is what the check of one requirement of a step found.
type Result struct {
	Step int // from 1
	// Requirement is as plan.yml has it, or one that the step's SQL or the configuration
	// adds: "valid:CONSTRAINT", "unused:COLUMN", "lag", "backup".
	Requirement string
	State       State
	Why         string // and what to do, where it is not passed
	Extra       bool   // plan.yml does not name it
}

// Env is what checks look at.
type Env struct {
	Plan   *ledger.Plan
	Folder string // of plan.yml
	// DB is the server that the plan is carried out on. Where it is nil, what needs it is
	// unknown, and nothing outside is asked: no address, and no command of the configuration.
	DB      *livedb.DB
	Now     time.Time
	Options Options
}

// Check checks everything that must be true before the steps (counted from 1) may run,
// in the order of the steps. The error is for what makes all results worthless; a check
// that fails is Unknown.
func Check(ctx context.Context, env Env, steps []int) ([]Result, error) {
	for _, n := range steps {
		if n < 1 || n > len(env.Plan.Steps) {
			return nil, fmt.Errorf("plan %s has no step %d", env.Plan.Name, n)
		}
	}
	c := &checker{Env: env}
	defer c.closeReplicas()
	var err error
	if c.sql, err = c.scripts(); err != nil {
		return nil, err
	}
	if c.DB != nil {
		c.seek(ctx, steps)
	}
	var out []Result
	for _, n := range steps {
		for _, r := range c.step(ctx, n) {
			r.Step = n
			out = append(out, c.accept(r))
		}
		if err := context.Cause(ctx); err != nil {
			return nil, fmt.Errorf("checking step %d of %s: %w", n, env.Plan.Name, err)
		}
	}
	return out, nil
}

// checker is one call of Check.
type checker struct {
	Env
	sql     []script // of each step
	found   map[string]*seen
	tables  []string // that statements are looked for
	servers []*server

	lagSeen   *Result
	written   string // how far the server's WAL was when the check began
	unseen    int    // replicas that nobody has named
	unseenErr error
}
