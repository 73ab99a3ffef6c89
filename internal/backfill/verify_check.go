package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// verification is a verification under way. conn has the server's own settings, as the
// run had: expressions mean the same there. look finds keys.
type verification struct {
	db      *livedb.DB
	job     *Job
	asked   VerifyOptions
	options Options
	hear    func(VerifyProgress)

	flavour    flavour
	store      store
	table      *Table
	record     *Record // nil: the job is not known to the database
	plan       plan
	servo      *servo
	conn, look *sql.Conn
	backend    string // of conn
	state      checkState
	kept       time.Time // when it was last written
}

// stretch is a range of a part that is looked at in one go.
type stretch struct {
	part        *Part
	after, upTo Bound
	rows        int64 // it has, where that is known
}

func (c *verification) open(ctx context.Context) (err error) {
	if c.conn, err = c.db.Session(ctx); err != nil {
		return err
	}
	if err = c.flavour.settle(ctx, c.conn, &c.options); err != nil {
		return fmt.Errorf("preparing a session: %w", err)
	}
	if c.backend, err = c.flavour.backend(ctx, c.conn); err != nil {
		return fmt.Errorf("preparing a session: %w", err)
	}
	if c.look, err = c.db.Session(ctx); err != nil {
		return err
	}
	if err = c.flavour.scout(ctx, c.look, &c.options); err != nil {
		return fmt.Errorf("preparing a session: %w", err)
	}
	return nil
}

// limited does something in conn, for no longer than a statement may take.
func (c *verification) limited(ctx context.Context, do func() error) error {
	return c.flavour.limit(ctx, c.backend, &c.options, do)
}

func (c *verification) close() {
	for _, s := range []*sql.Conn{c.conn, c.look} {
		if s != nil {
			_ = s.Close() // a broken one is closed already
		}
	}
	c.conn, c.look = nil, nil
}

// pass looks at all parts once.
func (c *verification) pass(ctx context.Context) error {
	for i := range c.table.Parts {
		p := &c.table.Parts[i]
		if c.state.Done[p.ID] {
			continue
		}
		if err := c.walk(ctx, p); err != nil {
			return err
		}
		c.state.Done[p.ID] = true
		if err := c.keep(ctx, true); err != nil {
			return err
		}
	}
	return nil
}

// walk goes along a part. Its end is fixed at the start: rows that come later are
// the application's business.
func (c *verification) walk(ctx context.Context, p *Part) error {
	var end Bound
	var found bool
	err := c.persist(ctx, func() (err error) {
		end, found, err = last(ctx, c.look, c.flavour, c.table, p)
		return err
	})
	if err != nil || !found {
		return err
	}
	at, err := DecodeBound(c.state.At[p.ID])
	if err != nil {
		return err
	}
	for done := false; !done; {
		if err := c.hold(ctx); err != nil {
			return err
		}
		var s stretch
		err := c.persist(ctx, func() (err error) {
			s, done, err = c.cut(ctx, p, at, end)
			if err != nil {
				return err
			}
			return c.stretch(ctx, s)
		})
		if err != nil && c.flavour.fault(err) == Data {
			err = c.computed(ctx, s)
		}
		if err != nil {
			return err
		}
		at = s.upTo
		c.state.At[p.ID] = at.Encode()
		c.hear(VerifyProgress{Pass: c.state.Pass, Part: p.Name, UpTo: at, Rows: c.state.Rows, Found: c.state.Owed + c.state.Differing, Repaired: c.state.Mended})
		if err := c.keep(ctx, false); err != nil {
			return err
		}
	}
	return nil
}

// cut says what is looked at next.
func (c *verification) cut(ctx context.Context, p *Part, at, end Bound) (s stretch, isLast bool, err error) {
	n := c.servo.rows()
	to, found, err := next(ctx, c.look, c.flavour, c.table, p, at, end, n)
	if err != nil {
		return s, false, err
	}
	if !found || to.Encode() == end.Encode() {
		return stretch{part: p, after: at, upTo: end}, true, nil
	}
	s = stretch{part: p, after: at, upTo: to, rows: n}
	if c.table.Key[0].Class == Block {
		s.rows = 0
	}
	return s, false, nil
}

// hold waits while the brake says so.
func (c *verification) hold(ctx context.Context) error {
	for told := false; ; told = true {
		if err := ctx.Err(); err != nil {
			return errors.Join(errShort, err)
		}
		if c.asked.Brake == nil {
			return nil
		}
		reason := c.asked.Brake.Reason()
		if reason == "" {
			return nil
		}
		if !told {
			c.hear(VerifyProgress{Pass: c.state.Pass, Hold: reason})
		}
		if err := sleep(ctx, holdLook); err != nil {
			return errors.Join(errShort, err)
		}
	}
}

// persist tries again what failed for a reason that passes.
func (c *verification) persist(ctx context.Context, do func() error) error {
	since := time.Time{}
	for try := 1; ; try++ {
		err := do()
		if err == nil || ctx.Err() != nil {
			return err
		}
		fault := c.flavour.fault(err)
		switch fault {
		case Fatal, Data:
			return err
		case Timeout:
			c.servo.halve()
		}
		if since.IsZero() {
			since = time.Now()
		}
		given := try > c.options.Retries
		switch fault {
		case Lost:
			given = time.Since(since) > c.options.ReconnectFor
		case Full:
			given = time.Since(since) > c.options.RoomFor
		}
		if given {
			return fmt.Errorf("given up after %d tries: %w", try, err)
		}
		if err := sleep(ctx, pause(try)); err != nil {
			return err
		}
		if fault == Lost {
			c.again(ctx)
		}
	}
}

// again opens the sessions anew. Where that fails, the next query on them does, and
// it is tried once more; a lock that the old session still holds is waited for.
func (c *verification) again(ctx context.Context) {
	c.close()
	err := c.open(ctx)
	if err == nil {
		err = c.lock(ctx)
	}
	if err != nil {
		c.close()
	}
}
