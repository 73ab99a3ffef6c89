package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/rewrite"
)

// killBackfill stops the runner at some moment.
func (m mysql) killBackfill(ctx context.Context, t *trial, d *database, k int) error {
	short, cancel := context.WithTimeout(ctx, time.Duration(rand.Int64N(int64(t.took[k])+1)))
	defer cancel()
	if err := m.backfill(short, t, d, t.Plan.Steps[k].Backfill); err != nil && short.Err() == nil && !timedOut(err) {
		return err
	}
	return ctx.Err()
}

// timedOut: who connects hears of a context's end by the socket, and may do so before
// the context itself says that it has ended.
func timedOut(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// The transactions that note here that they are committed are asked for when a
// session was ended while it sent its COMMIT.
const notes = "CREATE TABLE IF NOT EXISTS safemig.prove_notes (who bigint PRIMARY KEY)"

// killTransaction ends the step right before its COMMIT, then at some moment, and
// runs it again unless it was committed.
func (m mysql) killTransaction(ctx context.Context, t *trial, d *database, k int) error {
	statements := append([]string{"BEGIN"}, t.files[k][0].Stmts...)
	if err := m.stopped(ctx, t, d, statements); err != nil {
		return err
	}
	if _, err := t.bench.db.ExecContext(ctx, notes); err != nil {
		return fmt.Errorf("notes: %w", err)
	}
	who := fmt.Sprint(t.bench.counter.Add(1))
	statements = append(statements, "INSERT INTO safemig.prove_notes VALUES ("+who+")", "COMMIT")
	if err := t.struck(ctx, d, t.took[k], func(s *sql.Conn) error { return m.exec(ctx, s, statements...) }); err != nil {
		return err
	}
	var noted [][]*string
	err := t.bench.db.session(ctx, func(s *sql.Conn) (err error) {
		noted, err = table(ctx, s, "SELECT 1 FROM safemig.prove_notes WHERE who = "+who)
		return err
	})
	if err != nil || len(noted) > 0 {
		return err
	}
	return t.runStep(ctx, d, k, bracketed)
}

// stopped runs statements in a session that is ended behind them.
func (m mysql) stopped(ctx context.Context, t *trial, d *database, statements []string) error {
	s, pid, err := t.victim(ctx, d, t.Migrator)
	if err != nil {
		return err
	}
	defer closed(s)
	if err := m.exec(ctx, s, statements...); err != nil {
		return err
	}
	return t.bench.end(ctx, pid)
}

// killFile ends a file's session behind each of its statements, while it waits for
// a metadata lock, and at some moment. What then runs the file anew does not know
// how far it came: it runs it whole, behind the last statement too.
func (m mysql) killFile(ctx context.Context, t *trial, d *database, k, n, cleanups int) error {
	f := t.files[k][n]
	tidy := func() error {
		return d.as(ctx, t.Migrator, func(s *sql.Conn) error {
			for _, f := range t.files[k][:cleanups] {
				if err := m.send(ctx, s, f, asOne); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := m.waiting(ctx, t, d, f); err != nil {
		return err
	}
	run := func(s *sql.Conn) error { return m.send(ctx, s, f, asOne) }
	for range 2 {
		if err := errors.Join(tidy(), t.struck(ctx, d, t.took[k], run)); err != nil {
			return err
		}
	}
	for end := 1; end <= len(f.Stmts); end++ {
		if err := tidy(); err != nil {
			return err
		}
		if err := m.stopped(ctx, t, d, f.Stmts[:end]); err != nil {
			return fmt.Errorf("killed behind statement %d of its file, and run again: %w", end-1, err)
		}
	}
	return errors.Join(tidy(), d.as(ctx, t.Migrator, run))
}

// waiting ends a session while its DDL waits for one that has read every table.
func (m mysql) waiting(ctx context.Context, t *trial, d *database, f rewrite.File) error {
	return d.session(ctx, func(reader *sql.Conn) error {
		if err := t.readAll(ctx, reader); err != nil {
			return err
		}
		s, pid, err := t.victim(ctx, d, t.Migrator)
		if err != nil {
			return err
		}
		defer closed(s)
		done := make(chan error, 1)
		go func() { done <- m.exec(ctx, s, f.Stmts...) }()
		for began := time.Now(); time.Since(began) < patience; time.Sleep(2 * time.Millisecond) {
			select {
			case err := <-done: // it waits for nobody
				if livedb.ErrorCode(err) == lockWaitTimeout {
					return nil
				}
				return err
			default:
			}
			found, err := table(ctx, reader, "SELECT 1 FROM "+processes(m.product)+" WHERE id = "+pid+" AND state LIKE 'Waiting for table metadata lock%'")
			if err != nil {
				return err
			}
			if len(found) > 0 {
				break
			}
		}
		err = t.bench.end(ctx, pid)
		<-done
		return err
	})
}
