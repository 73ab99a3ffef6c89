package gate

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// snapshot is what a server counts of statements and shows of sessions, at one moment.
// Ages are by the server's own clock, which need not be ours.
type snapshot struct {
	statements []statement
	// reach is how far back the counts go, and whether that is known.
	reach      time.Duration
	reachKnown bool
	// lost is how long ago a statement was last not counted, for want of room; zero: never.
	lost time.Duration
	// prepared is how many statements were run that are not counted by their text.
	prepared      int64
	statementsErr error

	sessions    []session
	sessionsErr error

	uses    map[string]tableUse // by the table's name
	usesErr error
}

// statement is one that the server has counted.
type statement struct {
	key    string
	schema string // that it ran in, where the server tells
	sql    string
	cut    bool
	calls  int64
	reset  string // how to have the server forget it
	// last is how long ago it ran last; first, how long ago it was first counted; both
	// only where the server tells.
	last, first *time.Duration
	// since and ran: whether it ran since its extremes were reset, so long ago.
	since *time.Duration
	ran   bool
}

// session is one of another user's, with the statement that it runs, or ran last.
type session struct {
	who   string
	sql   string
	cut   bool
	now   bool          // it runs it, or is in a transaction that has run it
	began time.Duration // how long ago
}

// tableUse is how often a table was read and written.
type tableUse struct {
	reads, writes int64
	lastIndex     *time.Duration // since it was last read along an index
}

// server is one that is looked at twice.
type server struct {
	name          string // empty: the plan's own
	db            *livedb.DB
	err           error
	began         time.Time
	first, second *snapshot
	watched       time.Duration // between the two
}

func (s *server) suffix() string {
	if s.name == "" {
		return ""
	}
	return "@" + s.name
}

// take looks at a server. Each of the three parts may fail by itself.
func (c *checker) take(ctx context.Context, db *livedb.DB, tables []string) *snapshot {
	out := &snapshot{}
	postgres := db.Dialect == "postgres"
	part := func(pg, my func(context.Context, *sql.Conn) error) error {
		err := c.within(ctx, db, func(ctx context.Context, s *sql.Conn) error {
			if postgres {
				return pg(ctx, s)
			}
			return my(ctx, s)
		})
		return err
	}
	out.statementsErr = part(
		func(ctx context.Context, s *sql.Conn) error { return pgStatements(ctx, s, tables, out) },
		func(ctx context.Context, s *sql.Conn) error { return myStatements(ctx, s, tables, out) })
	out.sessionsErr = part(
		func(ctx context.Context, s *sql.Conn) error { return pgSessions(ctx, s, out) },
		func(ctx context.Context, s *sql.Conn) error { return mySessions(ctx, s, out) })
	out.usesErr = part(
		func(ctx context.Context, s *sql.Conn) error { return pgUses(ctx, s, db.Version, tables, out) },
		func(ctx context.Context, s *sql.Conn) error { return myUses(ctx, s, tables, out) })
	return out
}

// seconds is a server's number of seconds as a time.
func seconds(n sql.NullFloat64) *time.Duration {
	if !n.Valid {
		return nil
	}
	d := max(0, time.Duration(n.Float64*float64(time.Second)))
	return &d
}

// cannotKnow is why something is not known, and what would make it known.
type cannotKnow struct{ why, remedy string }

func (e *cannotKnow) Error() string { return e.why + ": " + e.remedy }

func unknownFor(why, remedy string) error { return &cannotKnow{why, remedy} }

// isNoRows says whether a query gave nothing.
func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
