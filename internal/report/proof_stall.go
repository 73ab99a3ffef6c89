package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// stall is the longest that a statement of an application took.
type stall struct {
	Longest    time.Duration
	Side, Kind string // empty: it is not known which statement it was
	Step       int    // from 1; 0: no step ran
	Last       bool   // the last step had ended
}

// worse is the longer of two; the first where they are as long.
func (s stall) worse(o stall) stall {
	if o.Longest > s.Longest {
		return o
	}
	return s
}

// readStall is the longest that a read took from the first step on.
func (r *ProofRun) readStall() stall { return r.stallOf(false) }

// writeStall is the longest that a write took from the first step on.
func (r *ProofRun) writeStall() stall { return r.stallOf(true) }

// stall is the longest that anybody's statement took from the first step on.
func (r *ProofRun) stall() stall {
	worst := r.readStall().worse(r.writeStall())
	for i := range r.Steps {
		for _, l := range r.Steps[i].Latency {
			worst = worst.worse(stall{Longest: l.Longest, Side: l.Side, Kind: l.Kind, Step: i + 1})
		}
	}
	return worst
}

// stallOf also counts what began between the steps.
func (r *ProofRun) stallOf(write bool) (worst stall) {
	for i := range r.Steps {
		for _, l := range r.Steps[i].Latency {
			if l.Kind != "" && l.Write == write {
				worst = worst.worse(stall{Longest: l.Longest, Side: l.Side, Kind: l.Kind, Step: i + 1})
			}
		}
	}
	for _, b := range r.Buckets {
		if len(r.Steps) == 0 || b.From < r.Steps[0].From {
			continue
		}
		took := b.Reads
		if write {
			took = b.Write
		}
		worst = worst.worse(stall{Longest: took, Step: r.stepAt(b.From), Last: b.From > r.Steps[len(r.Steps)-1].To})
	}
	return worst
}

// stepAt is the number of the step that runs at a moment, or 0.
func (r *ProofRun) stepAt(at time.Duration) int {
	for i, s := range r.Steps {
		if s.From <= at && at <= s.To {
			return i + 1
		}
	}
	return 0
}

// loaded says whether a statement of an application is known to have been answered.
func (r *ProofRun) loaded() bool {
	for i := range r.Steps {
		for _, l := range r.Steps[i].Latency {
			if l.Count > 0 {
				return true
			}
		}
	}
	for _, b := range r.Buckets {
		if b.Reads > 0 || b.Write > 0 {
			return true
		}
	}
	return false
}

// failed counts the statements of applications that failed. Where the lists differ, the
// highest count holds.
func (r *ProofRun) failed() int {
	listed, inSteps, inBuckets := 0, 0, 0
	for _, f := range r.Failed {
		listed += f.Count
	}
	for _, s := range r.Steps {
		inSteps += s.Failed
	}
	for _, b := range r.Buckets {
		inBuckets += b.Failed
	}
	return max(listed, inSteps, inBuckets)
}

// wal is what all steps wrote to the log, or -1 where it is not known of all of them.
func (r *ProofRun) wal() (n int64) {
	for _, s := range r.Steps {
		if s.WAL < 0 {
			return -1
		}
		n += s.WAL
	}
	return n
}

func (r *ProofRun) contradictions() (out []string) {
	for _, s := range r.Steps {
		out = append(out, s.Contradictions...)
	}
	return out
}

// p99 is that of the slowest kind of statement in a step.
func (s *ProofStep) p99(write bool) (worst time.Duration, known bool) {
	for _, l := range s.Latency {
		if l.Kind != "" && l.Write == write && l.Count > 0 {
			worst, known = max(worst, l.P99), true
		}
	}
	return worst, known
}

// longest is the longest that a statement took that met the step.
func (s *ProofStep) longest() (worst time.Duration, known bool) {
	for _, l := range s.Latency {
		if l.Count > 0 {
			worst, known = max(worst, l.Longest), true
		}
	}
	return worst, known
}

// lock is the lock of a step that keeps out the most, and of those the one held for longest.
func (s *ProofStep) lock() (worst TracedTable) {
	for i, t := range s.Tables {
		if i == 0 || cmp.Or(cmp.Compare(keptOut(t.Blocks), keptOut(worst.Blocks)), cmp.Compare(t.Held, worst.Held)) > 0 {
			worst = t
		}
	}
	return worst
}

// noticed is how long people do not mind to wait: the applications' statements are
// called blocked above it.
const noticed = 100 * time.Millisecond

// hurts says whether the lock keeps the applications out for long enough to be noticed.
func (t *TracedTable) hurts() bool {
	return t.Blocks&(change.Reads|change.Writes) != 0 && t.Held > noticed
}

// keptOut orders locks by the harm to those who are kept out.
func keptOut(blocks change.Access) (n int) {
	for i, a := range []change.Access{change.DDL, change.Writes, change.Reads} {
		if blocks.Has(a) {
			n += 1 << i
		}
	}
	return n
}

// tableOf is the table that a kind of statement is on, as far as its name tells it:
// "update orders.total" is on orders.
func (p *Proof) tableOf(kind string) (table string) {
	_, object, _ := strings.Cut(kind, " ")
	for _, name := range p.tables() {
		if (object == name || strings.HasPrefix(object, name+".")) && len(name) > len(table) {
			table = name
		}
	}
	return table
}

// tables are the names of all tables that are known.
func (p *Proof) tables() (out []string) {
	add := func(n change.Name) { out = append(out, tableName(n), n.String()) }
	for _, r := range p.Rows {
		add(r.Table)
	}
	for _, run := range []*ProofRun{&p.Original, &p.Plan} {
		for _, s := range run.Steps {
			for _, t := range s.Tables {
				add(t.Table)
			}
		}
	}
	return out
}

// harmful are the locks that keep others from reading or writing, those held and those
// waited for, in the order of their beginning.
func (r *ProofRun) harmful() []ProofLock {
	var out []ProofLock
	for _, waits := range []bool{false, true} {
		var of []TracedLock
		for _, l := range r.Locks {
			if l.Waits == waits {
				of = append(of, l.TracedLock)
			}
		}
		for _, l := range harmful(of) {
			out = append(out, ProofLock{l, waits})
		}
	}
	slices.SortStableFunc(out, func(a, b ProofLock) int { return cmp.Compare(a.From, b.From) })
	return out
}
