package change

import "strings"

// Access is a set of what other sessions want to do with a table.
type Access uint8

// The kinds of access that a lock can keep waiting.
const (
	Reads Access = 1 << iota
	Writes
	DDL
)

// Has says whether all of b is in a.
func (a Access) Has(b Access) bool { return a&b == b }

// Work is what a statement does that grows with the table, from least to worst.
type Work uint8

// The kinds of work, in the order of the harm they do.
const (
	NoWork     Work = iota
	Metadata        // only the catalogue changes
	Rows            // ordinary DML: the rows it names
	Scan            // every row is read
	IndexBuild      // an index over every row is built
	Rewrite         // every row is written again
)

func (w Work) String() string {
	return [...]string{"none", "metadata", "rows", "scan", "index_build", "rewrite"}[w]
}

// Grows says whether the work takes time in proportion to the table.
func (w Work) Grows() bool { return w >= Scan }

// Lock is a PostgreSQL table lock mode; a stronger mode is a greater value.
// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
type Lock uint8

// The lock modes of PostgreSQL.
const (
	NoLock Lock = iota
	AccessShare
	RowShare
	RowExclusive
	ShareUpdateExclusive
	Share
	ShareRowExclusive
	Exclusive
	AccessExclusive
)

func (l Lock) String() string {
	return [...]string{
		"", "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
		"SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
	}[l]
}

// Blocks is what other sessions cannot do while the lock is held.
func (l Lock) Blocks() Access {
	switch {
	case l == AccessExclusive:
		return Reads | Writes | DDL
	case l >= Share:
		return Writes | DDL
	case l >= RowShare:
		return DDL
	default:
		return 0
	}
}

// Algorithm is how MySQL or MariaDB carries out an ALTER; a greater value is worse.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-performance
type Algorithm uint8

// The algorithms of online DDL.
const (
	NoAlgorithm Algorithm = iota
	Instant
	NoCopy // MariaDB only
	Inplace
	Copy
)

func (a Algorithm) String() string {
	return [...]string{"", "INSTANT", "NOCOPY", "INPLACE", "COPY"}[a]
}

// Effect is what a statement does to one table, and who has to wait for it.
type Effect struct {
	Fact  string // id of the fact row that says so
	Table Name
	Lock  Lock // PostgreSQL
	// Algorithm, ConcurrentDML and Rebuild are the MySQL and MariaDB side.
	Algorithm     Algorithm
	ConcurrentDML bool
	Rebuild       bool
	Blocks        Access
	Work          Work
	Why           string // "every row is checked against the constraint"
	Ref           string // the manual's page
}

// Merge joins two effects on one table: the strongest lock, the worst work.
// The fact that is named is the one with the worse work, then the stronger lock.
func (e Effect) Merge(o Effect) Effect {
	if o.Work > e.Work || (o.Work == e.Work && (o.Lock > e.Lock || o.Algorithm > e.Algorithm)) {
		e, o = o, e
	}
	e.Lock = max(e.Lock, o.Lock)
	e.Algorithm = max(e.Algorithm, o.Algorithm)
	e.ConcurrentDML = e.ConcurrentDML && o.ConcurrentDML
	e.Rebuild = e.Rebuild || o.Rebuild
	e.Blocks |= o.Blocks
	return e
}

// Who names the blocked access in SQL terms.
func (a Access) Who() string {
	var parts []string
	if a.Has(Reads) {
		parts = append(parts, "SELECT")
	}
	if a.Has(Writes) {
		parts = append(parts, "INSERT", "UPDATE", "DELETE")
	}
	if len(parts) == 0 && a.Has(DDL) {
		return "other schema changes, VACUUM"
	}
	return strings.Join(parts, ", ")
}
