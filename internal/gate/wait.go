package gate

import (
	"context"
	"fmt"
	"time"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/wording"
)

// waited looks whether a time has gone by since the step before has run. It counts from
// when that is proven at the latest, so that it is never over too early: files that were
// moved in may have waited for days until somebody ran them.
func (c *checker) waited(ctx context.Context, step int, least time.Duration) Result {
	before := step - 1
	if before < 1 {
		return found(Unknown, "there is no step before it to count from")
	}
	began, why := c.earliest(before)
	if why != "" {
		return found(Closed, why)
	}
	if not := c.notRun(ctx, before); not != nil {
		return *not
	}
	proof := sooner(c.provenBy(before), c.provenByJobs(ctx, before))
	switch {
	case proof != nil && c.Now.Sub(proof.at) >= least:
		return found(Passed, fmt.Sprintf("%s have gone by since %s", inWords(c.Now.Sub(proof.at)), proof.what))
	case proof != nil:
		return found(Closed, fmt.Sprintf("%s to go, until %s: %s", inWords(least-c.Now.Sub(proof.at)), moment(proof.at.Add(least)), proof.what))
	case c.Now.Sub(began) < least:
		return found(Closed, fmt.Sprintf("%s to go at the least, until %s, and longer if step %d ran later than it could: %s", inWords(least-c.Now.Sub(began)), moment(began.Add(least)), before, c.confirmStep(before)))
	}
	return found(Unknown, fmt.Sprintf("when step %d ran is not known: %s", before, c.confirmStep(before)))
}

func (c *checker) confirmStep(n int) string {
	return fmt.Sprintf("when it has run in production, safemig status confirm step:%d --plan %s", n, wording.ShellWord(c.Plan.Name))
}

// earliest is the time before which a step cannot have run; why says that it cannot
// have run at all.
func (c *checker) earliest(n int) (at time.Time, why string) {
	at, err := c.Plan.Created.Time()
	if err != nil {
		return time.Time{}, "since when there is a plan is not known: " + err.Error()
	}
	in := !c.Plan.Steps[n-1].Waits
	for i := range c.Plan.History {
		e := &c.Plan.History[i]
		if e.Step != n {
			continue
		}
		switch e.What {
		case ledger.MovedIn:
			if t, err := e.At.Time(); err == nil {
				at, in = t, true
			}
		case ledger.RolledBack:
			in = false
		}
	}
	if !in {
		return at, fmt.Sprintf("step %d has not been moved in: safemig contract %s", n, wording.ShellWord(c.Plan.Name))
	}
	return at, ""
}

// proof is a moment at which a step had run.
type proof struct {
	at   time.Time
	what string
}

// provenBy is the earliest proof that a step has run; nil where there is none.
func (c *checker) provenBy(n int) *proof {
	var first *proof
	for i := range c.Plan.History {
		e := &c.Plan.History[i]
		at, err := e.At.Time()
		if err != nil {
			continue
		}
		switch m := c.confirmedStep(i); {
		case e.What == ledger.RolledBack && e.Step <= n:
			first = nil // whatever was proven until then is not so any more
		case m == n:
			first = sooner(first, &proof{at, fmt.Sprintf("step %d was confirmed on %s", n, moment(at))})
		case m > n:
			first = sooner(first, &proof{at, fmt.Sprintf("step %d, which comes behind step %d, was confirmed on %s", m, n, moment(at))})
		}
	}
	return first
}

// notRun says that the server shows that a step has not run; nil where it does not.
func (c *checker) notRun(ctx context.Context, n int) *Result {
	if c.DB == nil {
		return nil
	}
	not, err := c.missing(ctx, effects(c.Plan.Dialect, c.sql[n-1]))
	var out Result
	switch {
	case err != nil:
		out = failed(ctx, err, c.Options.timeout())
	case not != "":
		out = found(Closed, fmt.Sprintf("step %d has not run on this server: %s", n, not))
	default:
		return nil
	}
	return &out
}

// provenByJobs is the earliest proof that the jobs of the plan give: a job begins when the
// steps before it have run, and has run itself when it is done.
func (c *checker) provenByJobs(ctx context.Context, n int) *proof {
	var first *proof
	for i := n - 1; i < len(c.Plan.Steps); i++ {
		b := c.Plan.Steps[i].Backfill
		if b == nil {
			continue
		}
		s := c.job(ctx, b.Name)
		switch {
		case s == nil:
		case i+1 == n && s.State == backfill.Done:
			first = sooner(first, &proof{c.Now.Add(s.Ended.Sub(s.Now)), "the backfill " + b.Name + " ended on " + moment(s.Ended)})
		case i+1 > n:
			first = sooner(first, &proof{c.Now.Add(s.Began.Sub(s.Now)), fmt.Sprintf("the backfill %s, which comes behind step %d, began on %s", b.Name, n, moment(s.Began))})
		}
	}
	return first
}
