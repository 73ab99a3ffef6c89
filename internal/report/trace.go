package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// Trace is what migrations did on a server, statement by statement.
type Trace struct {
	Target  fact.Target
	Where   string // the server: "a throw-away server", "db2"
	Rows    []TracedRows
	Steps   []TracedStep // in the order they ran
	Locks   []TracedLock // in the order they were got
	Took    time.Duration
	Remarks []string // what could not be watched, or was made up
}

// TracedRows are the rows that a table had when the first statement ran.
type TracedRows struct {
	Table change.Name
	Rows  int64
	Why   string // why there are fewer than asked for
}

// TracedStep is one statement and what it did.
type TracedStep struct {
	Path     string
	Index    int
	Start    Position
	Kind     string
	SQL      string
	Scope    string // what transaction it ran in
	Tx       int    // statements of the same number committed together; 0: alone
	From, To time.Duration
	WAL      int64 // -1: not known
	Sampled  bool
	Tables   []TracedTable
	// Contradictions are where the server did something else than the facts say.
	Contradictions []string
	Remarks        []string
	Failed         string // the server's refusal
}

// TracedTable is what a statement did to one table or index.
type TracedTable struct {
	Table, Index change.Name // the lock is on the index, where there is one
	Lock         string
	Blocks       change.Access
	Held         time.Duration
	Work         change.Work
	Since        int // the statement that took the lock, from 1; 0: this one
}

// TracedLock is a lock from when it was got until it was given back.
type TracedLock struct {
	Table, Index change.Name
	Lock         string
	Blocks       change.Access
	From, To     time.Duration
	Step         int
}

// Contradictions counts the places where the server did something else than the facts say.
func (r *Trace) Contradictions() int {
	n := 0
	for i := range r.Steps {
		n += len(r.Steps[i].Contradictions)
	}
	return n
}

// Failed says whether the server refused a statement.
func (r *Trace) Failed() bool {
	for i := range r.Steps {
		if r.Steps[i].Failed != "" {
			return true
		}
	}
	return false
}

// Harmful are the locks that keep others from reading or writing, in the order they
// were got. One under which nobody waits who does not wait for another anyway is left out.
func (r *Trace) Harmful() []TracedLock { return harmful(r.Locks) }

func harmful(locks []TracedLock) []TracedLock {
	var out []TracedLock
	for i, l := range locks {
		if l.Blocks&(change.Reads|change.Writes) != 0 && !covered(locks, i, false) {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b TracedLock) int { return cmp.Compare(a.From, b.From) })
	return out
}

// Covered says whether another lock on the same table kept out the same people all the
// while: of any statement, or of the one that took this lock.
func (r *Trace) Covered(i int, ofItsStep bool) bool { return covered(r.Locks, i, ofItsStep) }

func covered(locks []TracedLock, i int, ofItsStep bool) bool {
	l := locks[i]
	for k, o := range locks {
		if ofItsStep && o.Step != l.Step {
			continue
		}
		same := o.Blocks == l.Blocks && o.From == l.From && o.To == l.To && o.Index == l.Index
		if k != i && o.Table == l.Table && (o.Index.IsZero() || o.Index == l.Index) && o.Blocks.Has(l.Blocks) && o.From <= l.From && o.To >= l.To && (!same || k < i) {
			return true
		}
	}
	return false
}

// longest is the lock that kept others from a table for longest.
func (r *Trace) longest() (worst TracedLock) {
	for _, l := range r.Harmful() {
		if l.To-l.From > worst.To-worst.From {
			worst = l
		}
	}
	return worst
}

// on is what a lock is on.
func on(table, index change.Name) string {
	if index.IsZero() {
		return tableName(table)
	}
	return "index " + tableName(index)
}

// lasted is a time in words, as exact as anybody needs it.
func lasted(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(d.Seconds()*1000, 'f', 1, 64) + " ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// latency is how long a statement of an application took: most take less than lasted tells.
func latency(d time.Duration) string {
	if d > 0 && d < time.Millisecond {
		return strconv.FormatFloat(d.Seconds()*1000, 'f', 2, 64) + " ms"
	}
	return lasted(d)
}

// size is a number of bytes in words.
func size(n int64) string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "GB"}, {1 << 20, "MB"}, {1 << 10, "kB"}} {
		if n >= unit.bytes {
			return strconv.FormatFloat(float64(n)/float64(unit.bytes), 'f', 1, 64) + " " + unit.name
		}
	}
	return strconv.FormatInt(n, 10) + " bytes"
}

// logName is what the server calls its log.
func logName(t fact.Target) string {
	if t.Dialect == "postgres" {
		return "WAL"
	}
	return "redo log"
}
