package trace

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// activeTransaction is the SQLSTATE of a statement that refuses to run in a
// transaction block.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const activeTransaction = "25001"

func (t *Tracer) postgres(ctx context.Context, run Run) (Observation, error) {
	if err := t.prepare(ctx, run.Setup); err != nil {
		return Observation{}, err
	}
	var seen Observation
	err := t.inSession(ctx, func(s *sql.Conn) (err error) {
		seen, err = inTransaction(ctx, s, run)
		return err
	})
	if err != nil {
		return Observation{}, err
	}
	t.leftAlone(run)
	if livedb.ErrorCode(seen.Err) == activeTransaction {
		return t.outsideTransaction(ctx, run)
	}
	return seen, nil
}

// inTransaction runs the statement in a transaction that is rolled back: all
// its locks are still held when it is done, and so can be read.
// https://www.postgresql.org/docs/current/view-pg-locks.html
func inTransaction(ctx context.Context, s *sql.Conn, run Run) (Observation, error) {
	before, err := relations(ctx, s)
	if err != nil {
		return Observation{}, err
	}
	if err := execAll(ctx, s, append(slices.Clone(run.Session), "BEGIN")); err != nil {
		return Observation{}, err
	}
	if _, err := s.ExecContext(ctx, run.SQL); err != nil {
		return Observation{TxAllowed: true, Err: err}, execAll(ctx, s, []string{"ROLLBACK"})
	}
	locks, err := locksOf(ctx, s, "pg_backend_pid()")
	if err != nil {
		return Observation{}, err
	}
	after, err := relations(ctx, s)
	if err != nil {
		return Observation{}, err
	}
	seen := Observation{TxAllowed: true, Tables: compare(before, after, locks)}
	return seen, execAll(ctx, s, []string{"ROLLBACK"})
}

// lockSet is the strongest lock by relation.
type lockSet map[uint32]change.Lock

func (l lockSet) add(o lockSet) {
	for oid, lock := range o {
		l[oid] = max(l[oid], lock)
	}
}

// locksOf are the locks that a backend holds or waits for.
func locksOf(ctx context.Context, s *sql.Conn, pid string) (lockSet, error) {
	type row struct {
		oid  uint32
		mode string
	}
	rows, err := collect(ctx, s, func(r *sql.Rows, v *row) error { return r.Scan(&v.oid, &v.mode) }, `
		SELECT relation, mode FROM pg_locks
		WHERE locktype = 'relation' AND pid = `+pid+`
		  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	if err != nil {
		return nil, err
	}
	locks := lockSet{}
	for _, r := range rows {
		lock, ok := lockMode(r.mode)
		if !ok {
			return nil, errors.New("pg_locks has an unknown mode: " + r.mode)
		}
		locks[r.oid] = max(locks[r.oid], lock)
	}
	return locks, nil
}

// lockMode reads a mode as pg_locks writes it: "ShareUpdateExclusiveLock".
func lockMode(mode string) (change.Lock, bool) {
	switch mode {
	case "AccessShareLock":
		return change.AccessShare, true
	case "RowShareLock":
		return change.RowShare, true
	case "RowExclusiveLock":
		return change.RowExclusive, true
	case "ShareUpdateExclusiveLock":
		return change.ShareUpdateExclusive, true
	case "ShareLock":
		return change.Share, true
	case "ShareRowExclusiveLock":
		return change.ShareRowExclusive, true
	case "ExclusiveLock":
		return change.Exclusive, true
	case "AccessExclusiveLock":
		return change.AccessExclusive, true
	}
	return change.NoLock, false
}
