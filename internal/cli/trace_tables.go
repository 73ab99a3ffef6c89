package cli

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/report"
)

// tablesOf are the tables that a statement worked on or locked, each with the locks that
// keep others from reading or writing, else with the strongest. Work stands beside the
// strongest lock under which it was done, even if a statement before took that.
func tablesOf(s *report.TracedStep, r *report.Trace, step int) []report.TracedTable {
	var out []report.TracedTable
	for i, l := range r.Locks {
		if l.Step != step || r.Covered(i, true) {
			continue
		}
		same := slices.IndexFunc(out, func(o report.TracedTable) bool { return o.Table == l.Table && o.Index == l.Index && o.Lock == l.Lock })
		if same < 0 {
			out = append(out, report.TracedTable{Table: l.Table, Index: l.Index, Lock: l.Lock, Blocks: l.Blocks})
			same = len(out) - 1
		}
		out[same].Held += l.To - l.From
	}
	out = thoseThatCount(out)
	for _, o := range s.Tables {
		if o.Work == change.NoWork {
			continue
		}
		before := earlier(o, r.Locks, s, step)
		if i := longest(out, o); i >= 0 && !stronger(before.Lock, out[i].Lock) {
			out[i].Work = o.Work
		} else {
			out = append(out, before)
		}
	}
	slices.SortStableFunc(out, func(a, b report.TracedTable) int { return strings.Compare(a.Table.String(), b.Table.String()) })
	return out
}

// thoseThatCount leaves out locks that keep nobody from reading or writing, but for the
// strongest on each table.
func thoseThatCount(list []report.TracedTable) []report.TracedTable {
	var out []report.TracedTable
	for i, o := range list {
		counts := o.Blocks&(change.Reads|change.Writes) != 0
		if !counts && o.Index.IsZero() {
			counts = !slices.ContainsFunc(list, func(t report.TracedTable) bool {
				return t.Table == o.Table && t.Index.IsZero() && stronger(t.Lock, o.Lock)
			})
		}
		if counts {
			out = append(out, list[i])
		}
	}
	return out
}

// longest is the lock on a table under which the work is done.
func longest(list []report.TracedTable, of report.TracedTable) int {
	best := -1
	for i, o := range list {
		if o.Table == of.Table && o.Index.IsZero() && (best < 0 || o.Held > list[best].Held) {
			best = i
		}
	}
	return best
}

// earlier is work under a lock that a statement before took.
func earlier(o report.TracedTable, locks []report.TracedLock, s *report.TracedStep, step int) report.TracedTable {
	for _, l := range locks {
		held := l.Step < step && l.From <= s.From && l.To >= s.To
		if l.Table == o.Table && l.Index.IsZero() && held && (o.Lock == "" || stronger(l.Lock, o.Lock)) {
			o.Lock, o.Blocks, o.Held, o.Since = l.Lock, l.Blocks, l.To-l.From, l.Step+1
		}
	}
	return o
}

// stronger compares locks of one server.
func stronger(a, b string) bool { return rank(a) > rank(b) }

func rank(lock string) int {
	for l := change.AccessShare; l <= change.AccessExclusive; l++ {
		if l.String() == lock {
			return int(l)
		}
	}
	order := []string{
		"INTENTION_EXCLUSIVE", "SHARED", "SHARED_HIGH_PRIO", "SHARED_READ", "SHARED_WRITE_LOW_PRIO", "SHARED_WRITE",
		"SHARED_UPGRADABLE", "SHARED_READ_ONLY", "SHARED_NO_WRITE", "SHARED_NO_READ_WRITE", "EXCLUSIVE",
	}
	return slices.Index(order, strings.TrimSuffix(lock, " metadata lock"))
}
