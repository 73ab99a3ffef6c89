package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// tally is what a look at a stretch counts.
type tally struct{ owed, differing int64 }

// stretch looks at a range of rows, at those that are not as they should be again,
// and repairs what is owed.
func (c *verification) stretch(ctx context.Context, s stretch) error {
	if c.conn == nil || c.look == nil {
		return sql.ErrConnDone // it could not be opened anew yet
	}
	began := time.Now()
	n, err := c.count(ctx, s)
	if err != nil {
		return err
	}
	if s.rows == 0 {
		if s.rows, err = c.countAll(ctx, s); err != nil {
			return err
		}
	}
	took := time.Since(began)
	var rows []RowFound
	if n.owed+n.differing > 0 {
		if n, rows, err = c.recheck(ctx, s, n); err != nil {
			return err
		}
	}
	var m mending
	if c.asked.Repair && n.owed > 0 {
		if m, err = c.mend(ctx, s); err != nil {
			return err
		}
	}
	c.servo.took(s.rows, took)
	if c.asked.Brake != nil {
		c.asked.Brake.Spent(m.rows, time.Since(began))
	}
	c.state.add(s.rows, n, rows, m)
	return nil
}

// count is one statement, and so of one moment.
func (c *verification) count(ctx context.Context, s stretch) (n tally, err error) {
	query := "SELECT COALESCE(SUM(q.owed), 0), COALESCE(SUM(q.differs), 0) FROM (" + c.rows(s.part, c.within(s)) + ") q"
	err = c.limited(ctx, func() error { return c.conn.QueryRowContext(ctx, query).Scan(&n.owed, &n.differing) })
	if err != nil {
		return n, fmt.Errorf("comparing the rows after %s up to %s: %w", s.after, s.upTo, err)
	}
	return n, nil
}

func (c *verification) countAll(ctx context.Context, s stretch) (n int64, err error) {
	query := "SELECT COUNT(*) FROM " + s.part.Name + " AS k" + c.flavour.hint(c.table) + " WHERE " + condition(c.flavour, c.table, "k", s.after, s.upTo)
	if err := c.look.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting the rows after %s up to %s: %w", s.after, s.upTo, err)
	}
	return n, nil
}

// within is the condition of a stretch, for the name that the statement gives the table.
func (c *verification) within(s stretch) string {
	_, called := c.job.Naming(s.part)
	return condition(c.flavour, c.table, called, s.after, s.upTo)
}

// listed is how many rows of a stretch are told apart. Where more differ, they are
// more than what is on its way.
const listed = 1000

// looks is how often a row must be found before it counts.
const looks = 4

// recheck looks again at rows that are not as they should be: one that a writer is
// about to complete is no difference.
func (c *verification) recheck(ctx context.Context, s stretch, n tally) (tally, []RowFound, error) {
	rows, err := c.list(ctx, s)
	if n.owed+n.differing <= listed && err == nil {
		n = tallyOf(rows) // some are mended since they were counted
	}
	for look := 1; look < looks && err == nil && len(rows) > 0; look++ {
		if err = sleep(ctx, c.asked.patience()); err != nil {
			break
		}
		if n.owed+n.differing > listed {
			n, err = c.fewer(ctx, s, n)
			continue
		}
		var now []RowFound
		if now, err = c.list(ctx, s); err == nil {
			rows = both(rows, now)
			n = tallyOf(rows)
		}
	}
	if err != nil {
		return n, nil, err
	}
	return n, rows[:min(len(rows), firstRows)], nil
}

// fewer counts again, and keeps the smaller figures.
func (c *verification) fewer(ctx context.Context, s stretch, n tally) (tally, error) {
	now, err := c.count(ctx, s)
	return tally{owed: min(n.owed, now.owed), differing: min(n.differing, now.differing)}, err
}

// both are the rows of two looks.
func both(before, now []RowFound) []RowFound {
	seen := map[string]bool{}
	for _, r := range before {
		seen[r.Key.Encode()] = true
	}
	var out []RowFound
	for _, r := range now {
		if seen[r.Key.Encode()] {
			out = append(out, r)
		}
	}
	return out
}

func tallyOf(rows []RowFound) (n tally) {
	for _, r := range rows {
		if r.Owed {
			n.owed++
		} else {
			n.differing++
		}
	}
	return n
}

// list reads the keys of rows that are not as they should be.
func (c *verification) list(ctx context.Context, s stretch) (out []RowFound, err error) {
	err = c.limited(ctx, func() (err error) {
		out, err = c.wrong(ctx, s)
		return err
	})
	return out, err
}

func (c *verification) wrong(ctx context.Context, s stretch) (out []RowFound, err error) {
	columns := make([]string, len(c.table.Key))
	for i := range columns {
		columns[i] = "q.k" + strconv.Itoa(i)
	}
	query := "SELECT q.owed, " + strings.Join(columns, ", ") + " FROM (" + c.rows(s.part, c.within(s)) + ") q WHERE q.owed = 1 OR q.differs = 1 LIMIT " + strconv.Itoa(listed)
	rows, err := c.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("looking which rows after %s up to %s differ: %w", s.after, s.upTo, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r := RowFound{Part: s.part.Name, Key: make(Bound, len(columns))}
		into := []any{&r.Owed}
		for i := range r.Key {
			into = append(into, &r.Key[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("reading which rows differ: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
