// Package prove runs a migration and its plan side by side on a throw-away
// server, and says which of the plan's promises hold: that it ends where the
// migration would, that both versions of the application go on all the while,
// that no lock is held over long work, and that each step can be taken back, and
// killed and run again.
package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/rewrite"
)

// Case is a plan to prove, and what to prove it with.
type Case struct {
	Name    string
	Dialect *dialect.Dialect
	Before  []string // statements that make what is there
	Data    []string // statements that fill it with rows
	Plan    rewrite.Plan
	Text    rewrite.Text
	Options rewrite.Options
	// Migration is the original, as its statements.
	Migration []string
	// OriginalFails says that the original fails on the rows that are there: then
	// what it makes of an empty database is the end that the plan must come to.
	OriginalFails bool
	// Differs are differences from the original's end that the plan's notes tell of:
	// each must be there, and no other.
	Differs []string
	// Role is whom the applications log in as, Migrator who runs the migration and
	// the plan; none: the server's own user, whom no right and no policy stops.
	Role, Migrator string
	// Old and New are the statements of the old and the new version of the
	// application. {i} in them is a number that no other statement has, {r} the
	// number of a row that is there: every table that has rows has at least that many.
	Old, New []Statement
	Dual     []Check
	Volatile []Column // columns whose values differ from run to run
	// Filled are columns in which the plan puts a value in the place of NULL, also of
	// one that a version writes: its notes say so.
	Filled  []Column
	Renames []Rename
	// Left are findings on the migration that no recipe is for: the plan leaves what
	// they are about as it is.
	Left []string
	// Allowed are the SQLSTATEs that statements may fail with.
	Allowed map[Side][]string
	Load    Load // none: DefaultLoad
	// Properties are what is proven: all where there are none. The end state always is.
	Properties []Property
}

// Load is how hard a plan is pressed.
type Load struct {
	// Reader is how long a transaction keeps ACCESS SHARE on every table when a
	// step begins: longer than the step may wait for it, so that one that waits
	// without a limit is found.
	Reader time.Duration
	// Margin is how much longer than a step's lock_timeout a statement of the
	// application may take.
	Margin time.Duration
}

// DefaultLoad is the load that plans are proven under.
func DefaultLoad() Load { return Load{Reader: 4 * time.Second, Margin: time.Second} }

// Side is a version of the application.
type Side string

// The two versions, and a session that has a table of its own: what it has to wait
// is the machine's doing.
const (
	Old     Side = "old"
	New     Side = "new"
	Control Side = "control"
)

// Column is a column of a table.
type Column struct {
	Table  change.Name
	Column string
}

// Rename says that a column, or a table where the columns are empty, is called
// something else by the new version of the application.
type Rename struct {
	From, To Column
}

// Property is one of a plan's promises.
type Property byte

// The properties, as the issue that asks for them names them.
const (
	EndState Property = 'a' // it ends where the original migration does
	Workload Property = 'b' // both applications go on, and their writes survive
	Locks    Property = 'c' // no lock that keeps others waiting is held over long work
	Rollback Property = 'd' // every step can be taken back, and nothing is lost
	Killed   Property = 'e' // every step can be killed and run again
)

// Properties are all properties in order.
func Properties() []Property { return []Property{EndState, Workload, Locks, Rollback, Killed} }

// Outcome says whether a property holds.
type Outcome struct {
	// Skipped says why the property was not tried; empty where it was.
	Skipped string
	UpTo    int      // for Rollback: the steps before the one that cannot be undone, where there is one
	Faults  []string // what is wrong; none: it holds
	Notes   []string // what was left out, or what is wrong and said to be
	// Left says that something is wrong, and that the plan says of a finding that
	// it leaves it as it is.
	Left bool
	Took time.Duration
}

// Passed says whether the property was tried and holds.
func (o Outcome) Passed() bool { return o.Skipped == "" && len(o.Faults) == 0 && !o.Left }

// Stall is the longest time that a statement took while a step ran.
type Stall struct {
	Step    int // from 1
	Side    Side
	Longest time.Duration
	SQL     string
}

// Result is what a proof has found.
type Result struct {
	// NotApplicable says why the case cannot be tried on this server.
	NotApplicable string
	Outcomes      map[Property]Outcome
	Stalls        []Stall
	Statements    int // that the applications ran
}

// Longest is the longest stall of an application.
func (r *Result) Longest() (longest Stall) {
	for _, s := range r.Stalls {
		if s.Side != Control && s.Longest > longest.Longest {
			longest = s
		}
	}
	return longest
}

// Passed says whether every property that was tried holds.
func (r *Result) Passed() bool {
	for _, o := range r.Outcomes {
		if len(o.Faults) > 0 {
			return false
		}
	}
	return true
}

// Run proves a case. An error means that nothing can be said: the case's own
// SQL is wrong, or the server is gone.
func (b *Bench) Run(ctx context.Context, c Case) (res Result, err error) {
	if c.Load == (Load{}) {
		c.Load = DefaultLoad()
	}
	t := &trial{bench: b, Case: &c, files: stepFiles(&c)}
	defer func() { err = errors.Join(err, t.cleanUp(context.WithoutCancel(ctx))) }()
	res.Outcomes = map[Property]Outcome{}
	if res.NotApplicable, err = t.begin(ctx); err != nil || res.NotApplicable != "" {
		return res, err
	}
	for _, p := range []struct {
		property Property
		try      func(context.Context, *Outcome, *Result) error
	}{
		{EndState, t.endState}, {Workload, t.workload}, {Locks, t.locks}, {Rollback, t.rollback}, {Killed, t.killed},
	} {
		began := time.Now()
		var o Outcome
		if len(c.Properties) > 0 && p.property != EndState && !slices.Contains(c.Properties, p.property) {
			continue
		}
		if t.broken != "" {
			o.Skipped = t.broken
		} else if err := p.try(ctx, &o, &res); err != nil {
			return res, fmt.Errorf("%s: property %c: %w", c.Name, p.property, err)
		}
		t.forgive(p.property, &o)
		o.Took = time.Since(began)
		res.Outcomes[p.property] = o
	}
	return res, nil
}

// forgive: a plan that leaves some of the migration as it is, and says so, is not
// held to what that does to others.
func (t *trial) forgive(p Property, o *Outcome) {
	if len(t.Plan.Unfixed)+len(t.Left) == 0 || len(o.Faults) == 0 || p != Workload && p != Locks {
		return
	}
	o.Left = true
	o.Notes = append(o.Notes, "left as it is: "+leftReasons(t.Case))
	o.Notes = append(o.Notes, o.Faults...)
	o.Faults = nil
}

// trial is one run of a case.
type trial struct {
	*Case
	bench  *Bench
	files  [][]rewrite.File
	origin *database // before the first step
	target *database // after the original migration
	final  *database // after the last step
	// after are the catalogues after each file of a step that runs outside of a
	// transaction; the step's own is that before its first, at -1.
	after map[[2]int][]catalog.Object
	took  []time.Duration // by step
	start snapshot        // of the origin
	end   snapshot        // of the final database
	rows  int             // what {r} goes up to
	old   []tracked
	new   []tracked
	// broken says that the plan does not run at all.
	broken string
}
