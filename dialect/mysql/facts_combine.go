package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func combineMySQL(c *fact.Ctx, all []change.Effect) []change.Effect {
	return combine(c, all, forfeitMySQL)
}

func combineMariaDB(c *fact.Ctx, all []change.Effect) []change.Effect {
	return combine(c, all, forfeitMariaDB)
}

// forfeiture makes the whole of some parts worse where they do not go together.
type forfeiture func(c *fact.Ctx, parts []change.Effect, whole change.Effect) change.Effect

// combine settles what the changes of one statement do together: the server
// chooses one algorithm for all clauses on a table, the worst that any of them needs;
// some need a worse one beside others than alone (forfeit); and the statement
// itself may ask for one (ALGORITHM, LOCK).
func combine(c *fact.Ctx, all []change.Effect, forfeit forfeiture) []change.Effect {
	var out []change.Effect
	for i, e := range all {
		onTable := func(o change.Effect) bool { return o.Table == e.Table }
		if slices.ContainsFunc(all[:i], onTable) {
			continue // done with the table's first
		}
		parts := slices.DeleteFunc(slices.Clone(all), func(o change.Effect) bool { return !onTable(o) })
		whole := parts[0]
		for _, o := range parts[1:] {
			whole = join(whole, o)
		}
		whole = forfeit(c, parts, whole)
		out = append(out, request(c, parts, whole))
	}
	return out
}

// join is the worse of two parts. Who waits is decided by the parts that take
// time: a momentary metadata lock does not make a long build block reads.
func join(a, b change.Effect) change.Effect {
	if b.Work > a.Work || b.Work == a.Work && b.Algorithm > a.Algorithm {
		a, b = b, a
	}
	if !a.Work.Grows() || b.Work.Grows() {
		a.Blocks |= b.Blocks
	}
	a.Algorithm = max(a.Algorithm, b.Algorithm)
	a.ConcurrentDML = a.ConcurrentDML && b.ConcurrentDML
	a.Rebuild = a.Rebuild || b.Rebuild
	return a
}

// instantColumn says whether a part adds, drops or moves a column INSTANT.
func instantColumn(e change.Effect) bool {
	switch e.Fact {
	case "add-column", "add-column-placed", "drop-column", "drop-column-stored", "modify-column-placed":
		return e.Algorithm == change.Instant
	}
	return false
}

func virtualColumn(e change.Effect) bool {
	return strings.HasPrefix(e.Fact, "add-column-virtual") || strings.HasPrefix(e.Fact, "drop-column-virtual")
}

const virtualAlone = "a VIRTUAL column is added or dropped in place only alone: beside the other clauses every row is copied"

// forfeitMySQL: measured on 9.7, an INSTANT column beside anything that is not
// INSTANT rebuilds the table; a VIRTUAL column beside most other changes makes
// the server copy it.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations
func forfeitMySQL(c *fact.Ctx, parts []change.Effect, whole change.Effect) change.Effect {
	if e, lost := forfeitsVirtual(parts, virtualBesideMySQL); lost && whole.Algorithm != change.Copy {
		return withFact(e, copyOf(c, virtualAlone))
	}
	i := slices.IndexFunc(parts, instantColumn)
	if i < 0 || whole.Algorithm != change.Inplace || whole.Rebuild {
		return whole
	}
	return forfeited(parts[i], whole)
}

// forfeitMariaDB: measured on 10.11 and 11.8, an INSTANT column beside a new
// index rebuilds the table; dropping an index or renaming one does not.
func forfeitMariaDB(c *fact.Ctx, parts []change.Effect, whole change.Effect) change.Effect {
	if e, lost := forfeitsVirtual(parts, virtualBesideMariaDB); lost && whole.Algorithm != change.Copy {
		return withFact(e, copyOf(c, virtualAlone))
	}
	i := slices.IndexFunc(parts, instantColumn)
	if i < 0 || whole.Work != change.IndexBuild {
		return whole
	}
	return forfeited(parts[i], whole)
}

// forfeited is an INSTANT change that is carried out by a rebuild with the rest.
func forfeited(part, whole change.Effect) change.Effect {
	e := rebuild("a column is added, dropped or moved INSTANT only where every clause allows it: beside the others the table is rebuilt")
	if !whole.ConcurrentDML {
		e = rebuildLocked(e.Why)
	}
	return withFact(part, e)
}

// withFact gives an effect the table and fact of a part.
func withFact(part, e change.Effect) change.Effect {
	e.Fact, e.Table, e.Ref = part.Fact, part.Table, part.Ref
	return e
}

// forfeitsVirtual says whether a VIRTUAL column stands beside a change that
// keeps it from being made in place.
func forfeitsVirtual(parts []change.Effect, goesWith func(virtual, other change.Effect) bool) (change.Effect, bool) {
	for _, v := range parts {
		if !virtualColumn(v) {
			continue
		}
		if slices.ContainsFunc(parts, func(o change.Effect) bool { return !virtualColumn(o) && !goesWith(v, o) }) {
			return v, true
		}
	}
	return change.Effect{}, false
}

// virtualBesideMySQL are the changes that a VIRTUAL column goes with.
func virtualBesideMySQL(virtual, other change.Effect) bool {
	isDrop := strings.HasPrefix(virtual.Fact, "drop-")
	switch other.Fact {
	case "column-default", "add-index", "add-unique", "add-index-new-virtual", "drop-index":
		return true
	case "modify-column-appended", "add-column", "add-column-placed":
		return !isDrop
	case "drop-column":
		return isDrop
	}
	return false
}

// virtualBesideMariaDB are the changes that a VIRTUAL column goes with.
func virtualBesideMariaDB(virtual, other change.Effect) bool {
	switch other.Fact {
	case "add-index", "add-index-new-virtual", "add-spatial-index", "drop-index":
		return true
	case "drop-column":
		return strings.HasPrefix(virtual.Fact, "drop-")
	}
	return false
}
