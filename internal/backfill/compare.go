package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// Side is one of two sets of rows that are compared: those of a table or a query.
type Side struct {
	DB      *livedb.DB
	From    string // a table's name, or a query in brackets
	Key     []Column
	Columns []CompareColumn
}

// CompareColumn is a value that is compared, and what its type is to both servers.
type CompareColumn struct {
	Name string
	As   Canon
}

// CompareOptions are how two sides are compared.
type CompareOptions struct {
	Brake            Brake
	ChunkTime        time.Duration
	MaxRows          int64
	StatementTimeout time.Duration
	Patience         time.Duration // between two looks at a difference
	// Hear is told after each range how many rows of the first side were compared, and
	// up to which key; nil: nobody listens.
	Hear func(rows int64, upTo Bound)
}

// CompareResult is what a comparison found. The keys are those of the first rows.
type CompareResult struct {
	Rows      int64 // of the first side
	Missing   int64 // in the second side
	Extra     int64 // in the second side
	Different int64
	First     []Difference
}

// Clean says whether both sides are the same.
func (r *CompareResult) Clean() bool { return r.Missing+r.Extra+r.Different == 0 }

// Difference is a row that is not the same on both sides.
type Difference struct {
	Key  Bound
	Kind string // "missing", "extra", "different"
}

// comparison is a comparison under way.
type comparison struct {
	o     CompareOptions
	sides [2]*comparedSide
	one   bool // both sides are of one database: they are read in one snapshot
	servo *servo
	out   CompareResult

	suspects []suspect // that are to be looked at again
	doubtful int       // their differences
}

type comparedSide struct {
	Side
	f     flavour
	table *Table
	conn  *sql.Conn
}

// Compare compares two sets of rows along a key that both have: in ranges, by a
// count and a sum over hashes of the rows, and where those differ in smaller
// ranges, down to the rows. Both sides of one database are read in one snapshot. A
// row that differs is looked at again: a writer may be about to change it on the
// other side too.
func Compare(ctx context.Context, a, b Side, o CompareOptions) (CompareResult, error) {
	c := &comparison{o: o, one: a.DB == b.DB}
	if err := sameOrder(a, b); err != nil {
		return c.out, err
	}
	session := VerifyOptions{ChunkTime: o.ChunkTime, MaxRows: o.MaxRows, StatementTimeout: o.StatementTimeout}.session()
	c.servo = newServo(&session)
	defer c.close()
	for i, s := range []Side{a, b} {
		if err := c.open(ctx, i, s, &session); err != nil {
			return c.out, err
		}
	}
	err := c.walk(ctx)
	if err == nil {
		err = c.again(ctx)
	}
	return c.out, err
}

// sameOrder refuses keys that two servers put into different orders: the rows of a
// range of the one would not be those of the other's.
func sameOrder(a, b Side) error {
	if len(a.Key) == 0 || len(a.Key) != len(b.Key) || len(a.Columns) != len(b.Columns) {
		return errors.New("the two sides must have a key, of as many columns each, and as many other columns")
	}
	for i, k := range a.Key {
		ordered := slices.Contains([]Class{Number, Time, Bytes, UUID}, k.Class) && (k.Class == b.Key[i].Class)
		if a.DB.Dialect != b.DB.Dialect && !ordered {
			return fmt.Errorf("the key column %s: %s and %s may order its values differently, which only integers, times, bytes and uuids exclude", k.Name, a.DB, b.DB)
		}
	}
	return nil
}

func (c *comparison) open(ctx context.Context, i int, s Side, o *Options) error {
	f, err := flavourOf(s.DB)
	if err != nil {
		return err
	}
	side := &comparedSide{Side: s, f: f, table: &Table{Key: s.Key}}
	c.sides[i] = side
	if i == 1 && c.one {
		side.conn = c.sides[0].conn
		return nil
	}
	if side.conn, err = s.DB.Session(ctx); err != nil {
		return err
	}
	if err := f.scout(ctx, side.conn, o); err != nil {
		return fmt.Errorf("preparing a session: %w", err)
	}
	for _, set := range sessionFor(s.DB.Dialect) {
		if _, err := side.conn.ExecContext(ctx, set); err != nil {
			return fmt.Errorf("preparing a session: %w", err)
		}
	}
	return nil
}

func (c *comparison) close() {
	for i, s := range c.sides {
		if s != nil && s.conn != nil && (i == 0 || !c.one) {
			_ = s.conn.Close() // it has only read
		}
	}
}

// keyRange is a range of the key; nil bounds are the ends.
type keyRange struct{ after, upTo Bound }

// walk goes along the first side, and behind its last row along the second. A range
// whose rows take too long is cut where the other side has its rows.
func (c *comparison) walk(ctx context.Context) error {
	var at Bound
	for side, tries := 0, 0; ; {
		if err := c.hold(ctx); err != nil {
			return err
		}
		r, sums, err := c.step(ctx, at, side)
		if err != nil {
			if tries++; tries > len(c.sides)*window || !c.tookTooLong(err) {
				return err
			}
			c.servo.halve()
			side = 1 - side
			continue
		}
		c.out.Rows += sums[0].rows
		if sums[0] != sums[1] {
			err = c.bisect(ctx, r, sums)
		}
		if err != nil || r.upTo == nil {
			return err
		}
		if c.o.Hear != nil {
			c.o.Hear(c.out.Rows, r.upTo)
		}
		at, side, tries = r.upTo, 0, 0
	}
}

// tookTooLong asks both sides, which may be servers of two kinds.
func (c *comparison) tookTooLong(err error) bool {
	return c.sides[0].f.fault(err) == Timeout || c.sides[1].f.fault(err) == Timeout
}

// step sums up the next range.
func (c *comparison) step(ctx context.Context, at Bound, side int) (keyRange, [2]sum, error) {
	r := keyRange{after: at}
	for _, i := range []int{side, 1 - side} {
		to, found, err := c.next(ctx, i, r, c.servo.rows())
		if err != nil {
			return r, [2]sum{}, err
		}
		if found {
			r.upTo = to
			break
		}
	}
	began := time.Now()
	sums, err := c.sums(ctx, r)
	if err == nil {
		c.servo.took(max(sums[0].rows, sums[1].rows), time.Since(began))
	}
	return r, sums, err
}

func (c *comparison) hold(ctx context.Context) error {
	for c.o.Brake != nil && c.o.Brake.Reason() != "" {
		if err := sleep(ctx, holdLook); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// next is the n-th key of a range, in the order of one side.
func (c *comparison) next(ctx context.Context, side int, r keyRange, n int64) (Bound, bool, error) {
	s := c.sides[side]
	query := "SELECT " + keyTexts(s.f, s.table, "k") + " FROM " + s.From + " AS k WHERE " + condition(s.f, s.table, "k", r.after, r.upTo) +
		" ORDER BY " + order(s.f, s.table, "k", "") + " LIMIT 1 OFFSET " + strconv.FormatInt(max(n-1, 0), 10)
	return oneBound(ctx, s.conn, query, len(s.Key))
}
