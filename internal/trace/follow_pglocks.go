package trace

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// smallTable is up to how many pages a scan cannot be told from a look at some rows.
const smallTable = 4

// modes are lock modes, one bit each.
type modes uint16

func (m modes) with(l change.Lock) modes { return m | 1<<l }
func (m modes) has(l change.Lock) bool   { return m&(1<<l) != 0 }
func (m modes) without(o modes) modes    { return m &^ o }

func (m modes) strongest() change.Lock {
	for l := change.AccessExclusive; l > change.NoLock; l-- {
		if m.has(l) {
			return l
		}
	}
	return change.NoLock
}

func (f *postgresFollower) watched(ctx context.Context, s Statement, aborted bool) (step Step, err error) {
	step = Step{From: f.clock.now(), WAL: -1, Sampled: !f.inTx}
	step.TxAllowed = true
	var wal int64
	if !aborted {
		if wal, err = walAt(ctx, f.runner); err != nil {
			return step, err
		}
	}
	f.looked = step.From
	sampled, earlier := map[uint32]modes{}, f.earlierSteps() // the statement may give those back
	step.Err, err = f.during(ctx, s.SQL, func() error {
		there, err := modesOf(ctx, f.watcher, f.pid)
		f.note(there, f.looked)
		join(sampled, there)
		return err
	})
	step.To = f.clock.now()
	step.Sampled = step.Sampled || step.Err != nil // what it held is given back by now
	if err != nil || step.Err != nil || aborted {
		return step, err
	}
	return step, f.look(ctx, &step, sampled, earlier, wal)
}

// look reads what the statement has left.
func (f *postgresFollower) look(ctx context.Context, step *Step, sampled, earlier map[uint32]modes, wal int64) error {
	open, err := livedb.InTransaction(f.runner)
	if err != nil {
		return fmt.Errorf("watching: %w", err)
	}
	if open && f.inTx {
		there, err := modesOf(ctx, f.runner, "pg_backend_pid()")
		if err != nil {
			return err
		}
		f.note(there, f.looked)
		join(sampled, there)
	}
	after, err := relations(ctx, f.runner)
	if err != nil {
		return err
	}
	now, err := walAt(ctx, f.runner)
	if err != nil {
		return err
	}
	step.WAL = now - wal
	f.describe(step, after, sampled, earlier)
	for oid := range after {
		if _, old := f.before[oid]; !old && f.inTx {
			f.fresh[oid] = true
		}
	}
	return nil
}

// describe says what became of each table. What the transaction made itself is left
// out: nobody else can see it.
func (f *postgresFollower) describe(step *Step, after snapshot, seen, earlier map[uint32]modes) {
	before, now, locks := snapshot{}, snapshot{}, lockSet{}
	for oid, r := range after {
		if !f.fresh[oid] {
			now[oid] = r
		}
	}
	step.earlier, step.pages = map[change.Name]modes{}, map[change.Name]int64{}
	for oid, r := range f.before {
		if f.fresh[oid] {
			continue
		}
		before[oid] = r
		step.earlier[r.name], step.pages[r.name] = earlier[oid], r.pages
		locks[oid] = seen[oid].without(earlier[oid]).strongest()
	}
	step.Tables = compare(before, now, locks)
}

// note hands the locks on tables and their indexes to the recorder.
func (f *postgresFollower) note(there map[uint32]modes, got time.Duration) {
	list := map[lockKey]Held{}
	for oid, m := range there {
		r, known := f.before[oid]
		for l := change.AccessShare; l <= change.AccessExclusive; l++ {
			key := lockKey{object: oid, mode: l.String()}
			i, open := f.open[key]
			switch {
			case !m.has(l):
			case open: // also where the transaction has dropped the table
				list[key] = f.held[i]
			case known && !f.fresh[oid]:
				list[key] = f.heldOn(r, l)
			}
		}
	}
	f.take(list, got)
}

func (f *postgresFollower) heldOn(r relation, l change.Lock) Held {
	h := Held{Table: r.name, Lock: l.String(), Blocks: l.Blocks()}
	if table, is := f.before[r.table]; is {
		h.Table, h.Index = table.name, r.name
	}
	return h
}

// earlierSteps are the locks that statements before the next one took, and that are held still.
func (f *postgresFollower) earlierSteps() map[uint32]modes {
	out := map[uint32]modes{}
	for key := range f.open {
		for l := change.AccessShare; l <= change.AccessExclusive; l++ {
			if l.String() == key.mode {
				out[key.object] = out[key.object].with(l)
			}
		}
	}
	return out
}

func join(all, more map[uint32]modes) {
	for oid, m := range more {
		all[oid] |= m
	}
}

// modesOf are the locks that a backend holds, every mode of each.
func modesOf(ctx context.Context, s *sql.Conn, pid string) (map[uint32]modes, error) {
	type row struct {
		oid  uint32
		mode string
	}
	rows, err := collect(ctx, s, func(r *sql.Rows, v *row) error { return r.Scan(&v.oid, &v.mode) }, `
		SELECT relation, mode FROM pg_locks
		WHERE locktype = 'relation' AND granted AND pid = `+pid+`
		  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	if err != nil {
		return nil, err
	}
	out := map[uint32]modes{}
	for _, r := range rows {
		if lock, ok := lockMode(r.mode); ok { // SIReadLock keeps nobody waiting
			out[r.oid] = out[r.oid].with(lock)
		}
	}
	return out, nil
}
