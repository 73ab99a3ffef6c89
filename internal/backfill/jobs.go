package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// Standing is how a job stands, as it is seen from outside of its run.
type Standing struct {
	Record      // Rows and Batches are of the whole job
	Live   bool // a runner has the job now
	Lanes  int
	Done   int       // of the lanes
	Now    time.Time // when this was so, by the server's clock, which the record's times are of
}

// quietFor is how long a runner may give no sign of life before others are told.
const quietFor = 5 * time.Minute

// Quiet says that a runner's session is there, but that it gives no sign of life.
func (s *Standing) Quiet() bool {
	return s.Live && s.Now.Sub(s.Changed) > quietFor
}

// ErrNoTables says that nothing was ever run in the database.
var ErrNoTables = errors.New("there are no jobs in this database: safemig's tables (safemig.backfills) are not there; safemig backfill run makes them")

// NoJobError says that there is no job of that name.
type NoJobError struct {
	Name  string
	Known []string
}

func (e *NoJobError) Error() string {
	return fmt.Sprintf("there is no job %s in this database", e.Name)
}

// List lists the jobs of a database, those that began last first.
func List(ctx context.Context, db *livedb.DB) (out []*Standing, err error) {
	err = outside(ctx, db, func(c *sql.Conn, s store) error {
		records, err := s.all(ctx, c)
		if err != nil {
			return err
		}
		for _, r := range records {
			one, err := s.standing(ctx, c, r)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// Find is how one job stands.
func Find(ctx context.Context, db *livedb.DB, name string) (out *Standing, err error) {
	err = outside(ctx, db, func(c *sql.Conn, s store) error {
		out, err = s.named(ctx, c, name)
		return err
	})
	return out, err
}

// outside does something with our tables, if they are there.
func outside(ctx context.Context, db *livedb.DB, do func(*sql.Conn, store) error) error {
	f, err := flavourOf(db)
	if err != nil {
		return err
	}
	c, err := db.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if err := do(c, store{f}); !missing(err) {
		return err
	}
	return ErrNoTables
}

// missing says whether an error is that our tables, or their schema, are not there.
func missing(err error) bool {
	return slices.Contains([]string{"42P01", "3F000", "1146", "1049"}, livedb.ErrorCode(err))
}

func (s store) named(ctx context.Context, c *sql.Conn, name string) (*Standing, error) {
	r, err := s.find(ctx, c, name)
	if err != nil {
		return nil, err
	}
	if r != nil {
		return s.standing(ctx, c, r)
	}
	no := &NoJobError{Name: name}
	all, err := s.all(ctx, c)
	for _, r := range all {
		no.Known = append(no.Known, r.Name)
	}
	return nil, errors.Join(no, err)
}

func (s store) standing(ctx context.Context, c *sql.Conn, r *Record) (*Standing, error) {
	out := &Standing{Record: *r}
	lanes, err := s.lanes(ctx, c, r.Name)
	if err != nil {
		return nil, err
	}
	for _, l := range lanes {
		out.Rows, out.Batches, out.Lanes = out.Rows+l.Rows, out.Batches+l.Batches, out.Lanes+1
		if l.Done {
			out.Done++
		}
	}
	if out.Live, err = s.f.held(ctx, c, r.Name); err != nil {
		return nil, fmt.Errorf("looking who runs %s: %w", r.Name, err)
	}
	now, err := s.now(ctx, c)
	out.Now = fromMillis(now)
	return out, err
}

// Pause makes a job wait from its next batch on: the runner that is at it, and those
// that come.
func Pause(ctx context.Context, db *livedb.DB, name string) (before *Standing, err error) {
	return alter(ctx, db, name, func(s *Standing) (State, error) {
		switch s.State {
		case Running, Stopped, Paused:
			return Paused, nil
		}
		return "", over(s, "paused")
	})
}

// Resume lets a paused job go on.
func Resume(ctx context.Context, db *livedb.DB, name string) (before *Standing, err error) {
	return alter(ctx, db, name, func(s *Standing) (State, error) {
		switch {
		case s.State == Paused && s.Live:
			return Running, nil
		case s.State == Paused:
			return Stopped, nil
		case s.State == Running || s.State == Stopped:
			return s.State, nil
		}
		return "", over(s, "resumed")
	})
}

// Cancel gives a job up. What it has changed stays so.
func Cancel(ctx context.Context, db *livedb.DB, name string) (before *Standing, err error) {
	return alter(ctx, db, name, func(s *Standing) (State, error) {
		if s.State == Done {
			return "", over(s, "cancelled")
		}
		return Cancelled, nil
	})
}

func over(s *Standing, what string) error {
	if s.State == Done {
		return fmt.Errorf("the job %s is done: there is nothing that could be %s", s.Name, what)
	}
	return fmt.Errorf("the job %s was cancelled: it cannot be %s", s.Name, what)
}

// alter gives a job another state, unless somebody else has changed it meanwhile.
func alter(ctx context.Context, db *livedb.DB, name string, to func(*Standing) (State, error)) (before *Standing, err error) {
	err = outside(ctx, db, func(c *sql.Conn, s store) error {
		for {
			if before, err = s.named(ctx, c, name); err != nil {
				return err
			}
			state, err := to(before)
			if err != nil || state == before.State {
				return err
			}
			n, err := s.exec(ctx, c, `UPDATE safemig.backfills SET state = ?, ended_at = `+s.endOf(state)+` WHERE name = {job} AND state = ?`,
				string(state), name, string(before.State))
			if err != nil || n > 0 {
				return err
			}
		}
	})
	return before, err
}

// endOf is when a job ended that is given another state, as an expression.
func (s store) endOf(state State) string {
	if state == Cancelled {
		return s.f.now()
	}
	return "0"
}
