package prove

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/rewrite"
)

// killFile stops a statement that runs outside of a transaction where it has
// left something behind: it waits for a writer that does not end, and is
// cancelled. Then its session is ended at some moment. Each time what clears
// away what is left runs first.
func (t *trial) killFile(ctx context.Context, d *database, k, n, cleanups int) error {
	if strings.Contains(strings.ToUpper(t.files[k][n].SQL), "CONCURRENTLY") {
		if err := t.cancelled(ctx, d, t.files[k][n]); err != nil {
			return err
		}
	}
	for try := range 2 {
		done, err := t.isAfter(ctx, d, k, n)
		if err != nil || done {
			return err
		}
		for _, f := range t.files[k][:cleanups] {
			if err := d.as(ctx, t.Migrator, func(s *sql.Conn) error { return send(ctx, s, f, bracketed) }); err != nil {
				return err
			}
		}
		run := func(s *sql.Conn) error { return send(ctx, s, t.files[k][n], asOne) }
		if try == 0 {
			err = t.struck(ctx, d, t.took[k], run)
		} else {
			err = t.again(ctx, d, k, run)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// again runs a statement once more, or what the step says finishes it where it
// cannot run twice.
func (t *trial) again(ctx context.Context, d *database, k int, run func(*sql.Conn) error) error {
	err := d.as(ctx, t.Migrator, run)
	resume := t.Plan.Steps[k].Resume
	if livedb.ErrorCode(err) == "" || len(resume) == 0 {
		return err
	}
	return d.as(ctx, t.Migrator, func(s *sql.Conn) error { return exec(ctx, s, resume...) })
}

// isAfter says whether the catalogue is what it is after the file. Of a file that
// leaves it as it was (REFRESH, REINDEX) nobody can tell: that runs again.
func (t *trial) isAfter(ctx context.Context, d *database, k, n int) (bool, error) {
	before, after := t.after[[2]int{k, n - 1}], t.after[[2]int{k, n}]
	if len(catalog.Differences(before, after)) == 0 {
		return false, nil
	}
	got, err := t.bench.flavour.catalogue(ctx, d)
	return err == nil && len(catalog.Differences(after, got)) == 0, err
}

// patience is how long a statement may take to get to where it waits.
const patience = 10 * time.Second

// cancelled runs a file against a transaction that has written to every table,
// until it waits for that, and cancels it there.
func (t *trial) cancelled(ctx context.Context, d *database, f rewrite.File) error {
	return d.session(ctx, func(writer *sql.Conn) error {
		if err := lockAll(ctx, writer, "ROW EXCLUSIVE"); err != nil {
			return err
		}
		s, pid, err := t.victim(ctx, d, t.Migrator)
		if err != nil {
			return err
		}
		defer closed(s)
		done := make(chan error, 1)
		go func() { done <- send(ctx, s, f, asOne) }()
		select {
		case err := <-done: // it waits for nobody
			return errors.Join(err, exec(ctx, writer, "ROLLBACK"))
		case err := <-t.waits(ctx, pid):
			err = errors.Join(err, exec(ctx, writer, "SELECT pg_cancel_backend("+pid+")"))
			<-done
			return errors.Join(err, exec(ctx, writer, "ROLLBACK"))
		}
	})
}

// waits tells when a session waits for a lock, or has not come to that for long.
func (t *trial) waits(ctx context.Context, pid string) <-chan error {
	out := make(chan error, 1)
	go func() {
		out <- t.bench.db.session(ctx, func(s *sql.Conn) error {
			for began := time.Now(); time.Since(began) < patience; time.Sleep(2 * time.Millisecond) {
				found, err := table(ctx, s, "SELECT 1::text FROM pg_stat_activity WHERE pid = "+pid+" AND wait_event_type = 'Lock'")
				if err != nil || len(found) > 0 {
					return err
				}
			}
			return nil
		})
	}()
	return out
}

// lockAll opens a transaction that locks every table.
func lockAll(ctx context.Context, s *sql.Conn, mode string) error {
	relations, err := table(ctx, s, `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'`)
	if err != nil {
		return err
	}
	statements := []string{"BEGIN"}
	for _, r := range relations {
		statements = append(statements, "LOCK TABLE ONLY "+text(r[0])+" IN "+mode+" MODE")
	}
	return exec(ctx, s, statements...)
}
