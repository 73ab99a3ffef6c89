package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Vacuumed is a VACUUM between batches that has ended, or that was left out.
type Vacuumed struct {
	Table string
	Rows  int64 // that were changed in it since the last one
	Took  time.Duration
	Left  string // why it was left out; else empty
}

// dirt is how many rows were changed in each part since its last VACUUM.
type dirt struct {
	mu   sync.Mutex
	rows map[string]int64
}

// add gives the rows, and starts anew, where they are enough.
func (d *dirt) add(part string, rows, enough int64) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rows == nil {
		d.rows = map[string]int64{}
	}
	d.rows[part] += rows
	all := d.rows[part]
	if enough <= 0 || all < enough {
		return 0
	}
	d.rows[part] = 0
	return all
}

// mayVacuum says early what would keep every VACUUM from being done.
func (r *Run) mayVacuum(ctx context.Context, c *sql.Conn) error {
	switch {
	case r.options.VacuumEvery <= 0:
		return nil
	case r.db.Dialect != "postgres":
		return errors.New("VACUUM is PostgreSQL's: there is none to run between batches here")
	case r.table.Key[0].Class == Block:
		return errors.New("a VACUUM between batches makes room in blocks that are done, and rows that others change meanwhile move there and are passed over: walk along a key, or leave it to autovacuum")
	case r.job.Kind == Insert:
		return errors.New("an INSERT leaves nothing behind that a VACUUM between batches would clean up")
	}
	maintain := "false"
	if r.db.Version.Major >= 17 {
		maintain = "has_table_privilege(c.oid, 'MAINTAIN')"
	}
	for i := range r.table.Parts {
		var may bool
		err := c.QueryRowContext(ctx, "SELECT "+maintain+` OR pg_has_role(c.relowner, 'USAGE') OR pg_has_role(d.datdba, 'USAGE')
  FROM pg_class c, pg_database d WHERE d.datname = current_database() AND c.oid = `+r.table.Parts[i].ID).Scan(&may)
		if err != nil {
			return fmt.Errorf("reading who may VACUUM %s: %w", r.table.Parts[i].Name, err)
		}
		if !may {
			return fmt.Errorf("only the owner of %s may VACUUM it", r.table.Parts[i].Name)
		}
	}
	return nil
}

// cleanUp runs a VACUUM when enough rows were changed, in a session of its own. A
// VACUUM that fails is said, and is no reason to stop: autovacuum is there too.
func (w *worker) cleanUp(ctx context.Context, part *Part, changed int64) error {
	rows := w.dirt.add(part.ID, changed, w.options.VacuumEvery)
	if rows == 0 {
		return nil
	}
	began := time.Now()
	w.waits("VACUUM of " + part.Name)
	left, err := w.vacuum(ctx, part)
	w.waits("")
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		left = err.Error()
	}
	w.watcher.Hear(Event{Vacuumed: &Vacuumed{Table: part.Name, Rows: rows, Took: time.Since(began), Left: left}})
	return nil
}

// waits tells what is waited for.
func (r *Run) waits(reason string) {
	r.control.reason.Store(reason)
	r.watcher.Hear(Event{Hold: &Hold{Reason: reason}})
}

func (w *worker) vacuum(ctx context.Context, part *Part) (left string, err error) {
	busy, err := w.beingVacuumed(ctx, part)
	if busy || err != nil {
		return "another session is at it: an autovacuum, or somebody who builds an index", err
	}
	c, err := w.db.Session(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	if err := execute(ctx, c, "SET statement_timeout = 0", "SET application_name = 'safemig backfill'"); err != nil {
		return "", err
	}
	var pid string
	if err := c.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		return "", err
	}
	doing, end := context.WithCancel(ctx)
	defer end()
	ended := make(chan error, 1)
	// TRUNCATE would need ACCESS EXCLUSIVE. https://www.postgresql.org/docs/current/sql-vacuum.html
	go func() { ended <- execute(doing, c, "VACUUM (SKIP_LOCKED, TRUNCATE false) "+part.Name) }()
	return w.untilVacuumed(ctx, part, pid, ended, end)
}

// untilVacuumed says how far the VACUUM is, and gives it up where the run is to stop
// or to wait.
func (w *worker) untilVacuumed(ctx context.Context, part *Part, pid string, ended <-chan error, end func()) (left string, err error) {
	giveUp := func(why string) (string, error) {
		end()
		<-ended // the error says that it was ended
		return why, nil
	}
	for {
		select {
		case err := <-ended:
			return "", err
		case <-w.stop:
			return giveUp("the run is to stop")
		case <-time.After(beat):
			if w.wanted() {
				return giveUp("the job is " + string(w.control.asked()))
			}
			if at := w.vacuumAt(ctx, pid); at != "" {
				w.waits("VACUUM of " + part.Name + ": " + at)
			}
		}
	}
}

// vacuumAt is how far a VACUUM is; empty where that is not known.
// https://www.postgresql.org/docs/current/progress-reporting.html#VACUUM-PROGRESS-REPORTING
func (w *worker) vacuumAt(ctx context.Context, pid string) (at string) {
	err := w.look.QueryRowContext(ctx, `SELECT phase || CASE phase WHEN 'scanning heap' THEN ', ' || 100 * heap_blks_scanned / greatest(heap_blks_total, 1) || ' %'
  WHEN 'vacuuming heap' THEN ', ' || 100 * heap_blks_vacuumed / greatest(heap_blks_total, 1) || ' %' ELSE '' END FROM pg_stat_progress_vacuum WHERE pid = `+pid).Scan(&at)
	if err != nil {
		return "" // it has ended by now, or the next batch finds out what is wrong
	}
	return at
}

// beingVacuumed: the lock of a VACUUM is there for all to see.
// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
func (w *worker) beingVacuumed(ctx context.Context, part *Part) (is bool, err error) {
	err = w.look.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE d.datname = current_database() AND l.relation = `+part.ID+` AND l.mode = 'ShareUpdateExclusiveLock')`).Scan(&is)
	if err != nil {
		return false, fmt.Errorf("looking whether %s is being vacuumed: %w", part.Name, err)
	}
	return is, nil
}
