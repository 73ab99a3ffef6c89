package trace

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// Disagreements are the differences between what the facts claim and what a
// server did, one line each. emptyMeant: a table without rows is meant to be
// without.
func Disagreements(dialect string, emptyMeant bool, claimed fact.Result, seen Observation) []string {
	var out []string
	if claimed.NoTx == seen.TxAllowed {
		out = append(out, fmt.Sprintf("runs in a transaction: the facts say %t, the server %t", !claimed.NoTx, seen.TxAllowed))
	}
	known := map[change.Name]bool{}
	for _, e := range claimed.Effects {
		known[e.Table] = true
		o, _ := seen.Table(e.Table)
		if emptyMeant && o.Empty {
			e.Work = change.NoWork // what would be done to rows cannot show
		}
		for _, d := range compareTable(dialect, e, o, seen) {
			out = append(out, fmt.Sprintf("%s (fact %s): %s", e.Table, e.Fact, d))
		}
	}
	for _, o := range seen.Tables {
		if !known[o.Name] && o.Touched() {
			out = append(out, fmt.Sprintf("%s: the facts say nothing, the server did %s", o.Name, describe(dialect, o)))
		}
	}
	return out
}

func compareTable(dialect string, e change.Effect, o Observed, seen Observation) []string {
	if dialect == "postgres" {
		return disagreePostgres(e, o)
	}
	return disagreeMySQL(e, o, seen)
}

func disagreePostgres(e change.Effect, o Observed) []string {
	var out []string
	differs(&out, "lock", e.Lock, o.Lock)
	if e.Blocks != o.Lock.Blocks() {
		differs(&out, "blocks", e.Blocks.Who(), o.Lock.Blocks().Who())
	}
	if e.Work == change.Rows { // how many rows it reads is the statement's own affair
		o.Scan = false
	}
	switch {
	case o.Partitioned: // the work is done on its partitions
	case o.Empty && e.Work.Grows():
		out = append(out, fmt.Sprintf("the facts say %s, but the table is empty: the setup must put rows into it", e.Work))
	default:
		differs(&out, "work", seenWork(e.Work), o.Work())
	}
	return out
}

func disagreeMySQL(e change.Effect, o Observed, seen Observation) []string {
	var out []string
	if access := claimedAccess(e); o.Access != NotExclusive || access == ExclusiveMetadataLock {
		differs(&out, "metadata lock", access, o.Access)
	}
	if e.Algorithm != change.NoAlgorithm && seen.Algorithm != change.NoAlgorithm {
		differs(&out, "algorithm", e.Algorithm, seen.Algorithm)
		if e.Work.Grows() {
			differs(&out, "concurrent writes", e.ConcurrentDML, seen.ConcurrentDML)
		}
	}
	if !o.Unseen || seen.Algorithm != change.NoAlgorithm {
		differs(&out, "rebuild", e.Rebuild, o.Rewrite)
		differs(&out, "work", seenMySQLWork(e.Work), o.Work())
	}
	if e.Work == change.Rows {
		differs(&out, "every row locked", e.Blocks.Has(change.Writes), o.RowLocks == AllRows)
	}
	return out
}

// seenWork is how work shows: a change of the catalogue, or of the rows that
// a statement names, leaves no trace of its own.
func seenWork(w change.Work) change.Work {
	if w.Grows() {
		return w
	}
	return change.NoWork
}

// seenMySQLWork: reads do not show there.
func seenMySQLWork(w change.Work) change.Work {
	if w == change.Scan {
		return change.NoWork
	}
	return seenWork(w)
}

// claimedAccess: a change of the definition needs an exclusive metadata lock, if
// only for a moment, even where it blocks no writes while it works.
func claimedAccess(e change.Effect) MetadataLock {
	if e.Algorithm != change.NoAlgorithm || e.Blocks.Has(change.Reads) {
		return ExclusiveMetadataLock
	}
	return SharedMetadataLock
}

func differs[T comparable](out *[]string, what string, claimed, seen T) {
	if claimed != seen {
		*out = append(*out, fmt.Sprintf("%s: the facts say %v, the server did %v", what, claimed, seen))
	}
}

func describe(dialect string, o Observed) string {
	var parts []string
	switch {
	case dialect != "postgres":
		parts = []string{o.Access.String() + " metadata lock"}
	case o.Lock != change.NoLock:
		parts = []string{"lock " + o.Lock.String()}
	}
	if o.Work() != change.NoWork {
		parts = append(parts, o.Work().String())
	}
	return strings.Join(parts, ", ")
}
