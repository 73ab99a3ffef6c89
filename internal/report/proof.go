package report

import (
	"time"

	"github.com/safemig/safemig/dialect/fact"
)

// Proof is a migration as it stands and the plan for it, side by side under load.
type Proof struct {
	Target  fact.Target
	Where   string   // the server: "a throw-away server on this machine"
	Sources []string // the migrations
	Rows    []TracedRows
	Load    ProofLoad
	// NoPlan is why there is no plan; the original alone was run then.
	NoPlan string
	// Needless: safemig finds nothing in the migration, so that it is held itself to what
	// a plan must keep.
	Needless bool
	Original ProofRun
	Plan     ProofRun
	End      ProofEnd
	Back     ProofBack
	MaxStall time.Duration // what a plan's longest stall may be, beside what the machine itself makes
	Took     time.Duration
	Remarks  []string // what was left out, made up, or could not be watched
}

// ProofLoad is what the applications do.
type ProofLoad struct {
	File     string // of the statements; empty: they are derived from the schema
	Sessions int
	Rate     float64 // statements a second of both versions together
	Kinds    []ProofKind
}

// ProofKind is a kind of statement that an application sends.
type ProofKind struct {
	Side  string // "old", "new"
	Name  string // "read orders", "update orders.total"
	Write bool
	SQL   string // one of them as it was sent
}

// ProofRun is one of the two ways of making the change, under load.
type ProofRun struct {
	Took    time.Duration // from the first step's beginning to the last one's end
	Shown   time.Duration // from the first statement of the applications to the last: the width of the chart
	Steps   []ProofStep
	Marks   []ProofMark
	Buckets []ProofBucket
	Locks   []ProofLock
	Base    ProofLatency // of all statements before the first step
	Failed  []ProofFailure
	// Machine is the longest that a session of its own had to wait: nobody but the machine
	// keeps it waiting.
	Machine time.Duration
	// Writes were acknowledged to the applications; Checked were looked for in the end;
	// Lost are those that were not there, in words.
	Writes, Checked int
	Lost            []string
	Stopped         string // the step that failed, and how: what stands behind it was not run
}

// ProofStep is a statement of the original, or a step of the plan.
type ProofStep struct {
	Title    string // the statement on one line; what the step does
	Phase    string // of a plan: "expand", "backfill", "validate", "contract"
	Path     string // the file
	From, To time.Duration
	Alone    time.Duration // how long it took with nobody else there
	WAL      int64         // bytes, with nobody else there; -1: not known
	Tables   []TracedTable // what it locks and does, seen with nobody else there
	Rows     int64         // that a backfill changed
	Latency  []ProofLatency
	Waiting  int // the most sessions that waited for it at a moment
	Failed   int // statements of the applications that failed while it ran
	Remarks  []string
	// Contradictions are where the server did something else than safemig says.
	Contradictions []string
}

// ProofLatency is how long statements of a kind took that began or waited while a step ran.
type ProofLatency struct {
	Side, Kind        string // both empty: all statements
	Write             bool
	Count, Failed     int
	P50, P99, Longest time.Duration
}

// ProofMark is a moment that matters: a version of the application comes or goes.
type ProofMark struct {
	At   time.Duration
	Text string // "the new version starts"
}

// ProofBucket is a stretch of time, with the longest that statements took which began in
// it; 0: none began.
type ProofBucket struct {
	From, To     time.Duration
	Reads, Write time.Duration
	Failed       int
}

// ProofLock is a lock that the migration held or waited for, as sampled from outside.
type ProofLock struct {
	TracedLock
	Waits bool // it was not granted: whoever came later waited behind it
}

// ProofFailure is an error that statements of the applications met.
type ProofFailure struct {
	Side, Kind string
	Error      string
	Count      int
	Step       int // the first step while which it happened, from 1; 0: none ran
}

// ProofEnd is what both ways come to, run with nobody else there.
type ProofEnd struct {
	Tried   bool
	Objects int   // of the catalogue that were compared
	Tables  int   // whose rows were compared
	Rows    int64 // that were compared
	// Differences are in words; none: the end is the same.
	Differences []string
	// UnderLoad are differences of the catalogue between the plan under load and the
	// plan alone.
	UnderLoad []string
	Notes     []string // "values of orders.token are random: not compared"
}

// ProofBack is the way back, tried with nobody else there.
type ProofBack struct {
	Tried bool
	Steps int // that were taken back, from the last of them to the first behind Base
	// Base are steps before them that stay, because nothing takes all of them back, as
	// BaseFinal says.
	Base      int
	BaseFinal string
	Final     string // why those behind them cannot be
	Faults    []string
	Forward   bool // the plan was then run again from the start, to the same end
}
