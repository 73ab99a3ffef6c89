package mysql

import (
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// requestFact is the id of the row about ALGORITHM and LOCK clauses.
const requestFact = "request"

// request is what becomes of a statement's effect by the ALGORITHM and LOCK that
// the statement asks for: the server refuses what it cannot do, and then does
// nothing at all.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-performance
func request(c *fact.Ctx, parts []change.Effect, e change.Effect) change.Effect {
	algorithm, algorithmOp := option(c.Stmt, "algorithm")
	lock, lockOp := option(c.Stmt, "lock")
	if !asksFor(c, algorithmOp, e) {
		algorithm = ""
	}
	if !asksFor(c, lockOp, e) {
		lock = ""
	}
	if algorithm == "" && lock == "" {
		return e
	}
	if why := refusedAlgorithm(c, algorithm, lock, e); why != "" {
		return refused(e, algorithm, why)
	}
	if disregardsLock(c, lock) {
		return e
	}
	e = worsenedByAlgorithm(c, algorithm, parts, e)
	if lock == "NONE" && copiesForLock(c, algorithm, parts, e) {
		return withFact(change.Effect{Fact: requestFact, Table: e.Table, Ref: mariadbOnline},
			onlineCopying("LOCK=NONE is asked for: every row is copied, because only so writes can go on"))
	}
	if why := refusedLock(c, lock, e); why != "" {
		return refused(e, algorithm, why)
	}
	return worsenedByLock(lock, e)
}

// asksFor says whether an ALGORITHM or LOCK clause is about the table and asks
// for anything.
func asksFor(c *fact.Ctx, op *change.TableOption, e change.Effect) bool {
	return op != nil && op.Value != "DEFAULT" && e.Algorithm != change.NoAlgorithm && c.State.Resolve(op.Table) == e.Table
}

func refused(e change.Effect, algorithm, why string) change.Effect {
	return change.Effect{
		Fact: requestFact, Table: e.Table, Algorithm: algorithmOf(algorithm), ConcurrentDML: true, Why: why,
		Ref: "https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-performance",
	}
}

func algorithmOf(word string) change.Algorithm {
	for a := change.Instant; a <= change.Copy; a++ {
		if a.String() == word {
			return a
		}
	}
	return change.NoAlgorithm
}

// refusedAlgorithm says why the server refuses the algorithm, or nothing.
func refusedAlgorithm(c *fact.Ctx, algorithm, lock string, e change.Effect) string {
	mysql := c.Target.Dialect == "mysql"
	switch {
	case mysql && algorithm == "NOCOPY":
		return "MySQL has no ALGORITHM=NOCOPY (MariaDB does)"
	case mysql && algorithm == "INSTANT" && c.Target.Version.Less(fact.V(8, 0, 12)):
		return "ALGORITHM=INSTANT is not known before 8.0.12"
	case mysql && algorithm == "INSTANT" && lock != "":
		return "ALGORITHM=INSTANT goes with LOCK=DEFAULT only (error 1221)"
	case !takesRequests(c):
		return "changes of partitions take neither ALGORITHM nor LOCK"
	case algorithm != "" && algorithmOf(algorithm) < e.Algorithm:
		return fmt.Sprintf("ALGORITHM=%s cannot do this: %s", algorithm, e.Why)
	}
	return ""
}

// takesRequests: MySQL before 8.0 and MariaDB refuse ALGORITHM and LOCK for
// changes of single partitions (error 1848, 1845).
func takesRequests(c *fact.Ctx) bool {
	if c.Target.Dialect == "mysql" && !c.Target.Version.Less(fact.V(8)) {
		return true
	}
	for _, op := range c.Stmt.Ops {
		if p, ok := op.(*change.PartitionOp); ok && p.Action != "partition by" && p.Action != "remove partitioning" {
			return false
		}
	}
	return true
}

// refusedLock says why the server refuses the lock, or nothing.
func refusedLock(c *fact.Ctx, lock string, e change.Effect) string {
	if lock != "NONE" && lock != "SHARED" {
		return ""
	}
	for _, op := range c.Stmt.Ops {
		if op.Kind() == change.KindRenameTable {
			return "renaming the table needs LOCK=EXCLUSIVE"
		}
	}
	if lock == "NONE" && !e.ConcurrentDML {
		return fmt.Sprintf("LOCK=NONE is not possible: %s", e.Why)
	}
	return ""
}

// worsenedByAlgorithm is the effect under an algorithm that is worse than the
// one that the server would have chosen. ALGORITHM=INPLACE makes MySQL, but not
// MariaDB, rebuild the table for a column that INSTANT could add or drop (measured).
func worsenedByAlgorithm(c *fact.Ctx, algorithm string, parts []change.Effect, e change.Effect) change.Effect {
	var worse change.Effect
	switch {
	case algorithm == "COPY" && e.Algorithm != change.Copy:
		worse = copyOf(c, "ALGORITHM=COPY is asked for: every row is copied")
	case algorithm == "INPLACE" && e.Algorithm == change.Instant && c.Target.Dialect == "mysql" && slices.ContainsFunc(parts, instantColumn):
		worse = rebuild("ALGORITHM=INPLACE is asked for: the table is rebuilt, which INSTANT would spare")
	default:
		return e
	}
	worse.Fact, worse.Table, worse.Ref = requestFact, e.Table, e.Ref
	return worse
}

// copiesForLock says whether the server copies every row so that writes can go
// on, where another algorithm would keep them out. MariaDB does from 11.2 on,
// but for new AUTO_INCREMENT values (measured on 11.8).
// https://mariadb.com/docs/server/reference/sql-statements/data-definition/alter/alter-table/online-schema-change
func copiesForLock(c *fact.Ctx, algorithm string, parts []change.Effect, e change.Effect) bool {
	return !e.ConcurrentDML && e.Algorithm < change.Copy && algorithm == "" && copiesOnline(c) &&
		!slices.ContainsFunc(parts, func(p change.Effect) bool { return p.Fact == "add-column-auto-increment" })
}

// disregardsLock: MariaDB from 11.2 on accepts LOCK=NONE beside ORDER BY, and
// lets no writes in all the same (measured on 11.8).
func disregardsLock(c *fact.Ctx, lock string) bool {
	return lock == "NONE" && c.Target.Dialect == "mariadb" && !c.Target.Version.Less(fact.V(11, 2)) &&
		slices.ContainsFunc(c.Stmt.Ops, func(op change.Op) bool {
			o, ok := op.(*change.TableOption)
			return ok && o.Option == "order by"
		})
}

// worsenedByLock is the effect under a lock that is stronger than needed.
func worsenedByLock(lock string, e change.Effect) change.Effect {
	switch lock {
	case "SHARED":
		e.Blocks |= change.Writes | change.DDL
	case "EXCLUSIVE":
		e.Blocks = everything
	default:
		return e
	}
	if e.Work.Grows() && e.ConcurrentDML {
		e.Fact, e.Why = requestFact, fmt.Sprintf("LOCK=%s is asked for: %s", lock, e.Why)
	}
	e.ConcurrentDML = false
	return e
}
