package prove

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// struck runs f in a session that is ended at some moment within a time. That
// f fails is what is wanted.
func (t *trial) struck(ctx context.Context, d *database, within time.Duration, f func(*sql.Conn) error) error {
	s, pid, err := t.victim(ctx, d, t.Migrator)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- f(s) }()
	select {
	case <-done:
	case <-time.After(time.Duration(rand.Int64N(int64(within) + 1))):
		err = t.bench.end(ctx, pid)
		<-done
	}
	closed(s)
	return err
}

// victim is a session of a role with its process id.
func (t *trial) victim(ctx context.Context, d *database, role string) (*sql.Conn, string, error) {
	s, err := d.sessionAs(ctx, role)
	if err != nil {
		return nil, "", err
	}
	found, err := table(ctx, s, t.bench.flavour.whoami())
	if err != nil {
		closed(s)
		return nil, "", err
	}
	return s, text(found[0][0]), nil
}

// closed gives up a session that may be dead already, which is no failure.
func closed(s *sql.Conn) { _ = s.Close() }

// end ends a session and waits until it is gone: until then it holds its locks.
func (b *Bench) end(ctx context.Context, pid string) error {
	return b.db.session(ctx, func(s *sql.Conn) error {
		if err := exec(ctx, s, b.flavour.ending(pid)); err != nil && livedb.ErrorCode(err) != unknownThread {
			return err
		}
		for ctx.Err() == nil {
			found, err := table(ctx, s, b.flavour.alive(pid))
			if err != nil || len(found) == 0 {
				return err
			}
			time.Sleep(time.Millisecond)
		}
		return ctx.Err()
	})
}
