package throttle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// desk reads signals one after the other in one session, so that a server that
// does not answer keeps none of the others waiting.
type desk struct {
	open   func(ctx context.Context) (*livedb.DB, error) // nil: its signals are not a server's
	ours   bool                                          // open gives a database that is closed with the desk
	before []func(ctx context.Context, c *sql.Conn) error
	seats  []*seat

	db   *livedb.DB
	conn *sql.Conn
}

// Watch reads all signals, again and again, until the context ends.
func (g *Governor) Watch(ctx context.Context) {
	var all sync.WaitGroup
	for _, d := range g.desks {
		all.Go(func() {
			defer d.close()
			for ctx.Err() == nil {
				began := time.Now()
				g.round(ctx, d)
				wait(ctx, g.pause(time.Since(began)))
			}
		})
	}
	all.Wait()
}

// innodbRest outlasts what InnoDB keeps its tables of information_schema for: while
// somebody reads them every 0.1 s they are not filled anew, and tell of locks that
// are long gone.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-information-schema-internal-data.html
const innodbRest = 250 * time.Millisecond

// pause is until the next round. It differs, so that two runs that watch one server
// cannot keep each other from fresh figures by reading in turns.
func (g *Governor) pause(taken time.Duration) time.Duration {
	return max(g.config.Every-taken, innodbRest) + rand.N(g.config.Every/4+1)
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// round reads the signals of a desk once.
func (g *Governor) round(ctx context.Context, d *desk) {
	err := d.prepare(ctx)
	for _, s := range d.seats {
		var r Reading
		failed := err
		if failed == nil {
			r, failed = d.read(ctx, s.signal)
		}
		if ctx.Err() != nil {
			return
		}
		g.note(s, r, failed)
		if failed != nil && err == nil && broken(failed) {
			err = failed
		}
	}
	if err != nil {
		d.hangUp()
	}
}

// prepare has a session, and does what all signals of the desk need.
func (d *desk) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if err := d.connect(ctx); err != nil {
		return err
	}
	for _, do := range d.before {
		if err := do(ctx, d.conn); err != nil && broken(err) {
			return err
		}
	}
	return nil
}

func (d *desk) connect(ctx context.Context) (err error) {
	if d.open == nil || d.conn != nil {
		return nil
	}
	if d.db == nil {
		if d.db, err = d.open(ctx); err != nil {
			return err
		}
	}
	if d.conn, err = d.db.Session(ctx); err != nil {
		return err
	}
	for _, s := range manners(d.db) {
		if _, err := d.conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// manners are the settings of a session that only looks: what takes too long is
// ended by the server, too. InnoDB tells times by the machine's clock, whatever
// time_zone is, so that NOW() must as well.
func manners(db *livedb.DB) []string {
	limit := readTimeout.Milliseconds()
	switch db.Dialect {
	case "postgres":
		return []string{"SET application_name = '" + ourName + "'", fmt.Sprintf("SET statement_timeout = %d", limit), fmt.Sprintf("SET lock_timeout = %d", limit)}
	case "mariadb":
		return []string{fmt.Sprintf("SET max_statement_time = %d", limit/1000), "SET time_zone = 'SYSTEM'"}
	}
	return []string{fmt.Sprintf("SET max_execution_time = %d", limit), "SET time_zone = 'SYSTEM'"}
}

// What PostgreSQL shows as the names of our sessions.
const (
	ourName     = "safemig throttle"
	batchesName = "safemig backfill"
	readsName   = "safemig verify"
)

func (d *desk) read(ctx context.Context, s Signal) (Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return s.Read(ctx, d.conn)
}

// hangUp ends a session that may be of no more use; the next round has another.
func (d *desk) hangUp() {
	if d.conn != nil {
		_ = d.conn.Close() // that it is broken is known
		d.conn = nil
	}
}

func (d *desk) close() {
	d.hangUp()
	if d.db != nil && d.ours {
		_ = d.db.Close() // only looked at
		d.db = nil
	}
}

// broken says whether an error may be the connection's: what the server answered
// and what we found ourselves is not, but for the server's going away.
func broken(err error) bool {
	var lacks *LacksError
	var not *NotWatchedError
	var own *unknownError
	if errors.As(err, &lacks) || errors.As(err, &not) || errors.As(err, &own) || errors.Is(err, errNoTrail) {
		return false
	}
	code := livedb.ErrorCode(err)
	return code == "" || strings.HasPrefix(code, "57") || strings.HasPrefix(code, "08")
}

// unknownError is our own finding that there is no figure.
type unknownError struct{ why string }

func (e *unknownError) Error() string { return e.why }

// unknown makes one; texts of others go through oneLine first.
func unknown(format string, args ...any) error {
	return &unknownError{fmt.Sprintf(format, args...)}
}

// note writes down what a signal said.
func (g *Governor) note(s *seat, r Reading, err error) {
	g.mu.Lock()
	s.reading, s.err, s.at = r, err, g.now()
	tell := s.left() && !s.told
	s.told = s.told || tell
	text := s.notWatched()
	g.mu.Unlock()
	if tell && g.config.Hear != nil {
		g.config.Hear(text)
	}
}

// left says whether a signal is left alone: nobody asked for it, and this user
// may not read it or it cannot be found from here.
func (s *seat) left() bool {
	var lacks *LacksError
	var not *NotWatchedError
	return !s.asked && (errors.As(s.err, &lacks) || errors.As(s.err, &not))
}

func (s *seat) notWatched() string {
	if s.err == nil {
		return ""
	}
	return s.signal.Name() + " is not watched: " + plain(s.err)
}
