package backfill

import (
	"context"
	"fmt"
)

// computed looks at a range with a row whose value the server cannot compute: a
// division by zero, say. Rows that the WHERE leaves alone are left alone here too.
func (c *verification) computed(ctx context.Context, s stretch) (err error) {
	was := c.plan
	defer func() { c.plan = was }()
	c.plan.apart = false
	if s.rows == 0 {
		err = c.persist(ctx, func() error {
			s.rows, err = c.countAll(ctx, s)
			return err
		})
		if err != nil {
			return err
		}
	}
	return c.halves(ctx, s)
}

// halves comes to the row itself, and looks at the others without it.
func (c *verification) halves(ctx context.Context, s stretch) error {
	reason := c.persist(ctx, func() error { return c.stretch(ctx, s) })
	if reason == nil || c.flavour.fault(reason) != Data {
		return reason
	}
	var half Bound
	found := false
	if s.rows > 1 {
		err := c.persist(ctx, func() (err error) {
			half, found, err = next(ctx, c.look, c.flavour, c.table, s.part, s.after, s.upTo, s.rows/2)
			return err
		})
		if err != nil {
			return err
		}
	}
	if !found || half.Encode() == s.upTo.Encode() {
		return c.persist(ctx, func() error { return c.refused(ctx, s, reason) })
	}
	if err := c.halves(ctx, stretch{part: s.part, after: s.after, upTo: half, rows: s.rows / 2}); err != nil {
		return err
	}
	return c.halves(ctx, stretch{part: s.part, after: half, upTo: s.upTo, rows: s.rows - s.rows/2})
}

// refused: a row that cannot be computed is owed, if the statement is about it.
func (c *verification) refused(ctx context.Context, s stretch, reason error) error {
	n, err := c.meant(ctx, s.part, c.within(s))
	if err != nil {
		return err
	}
	var rows []RowFound
	var m mending
	if n > 0 {
		rows = []RowFound{{Part: s.part.Name, Key: s.upTo, Owed: true}}
	}
	if n > 0 && c.asked.Repair {
		m = mending{failed: n, failure: reason.Error()}
	}
	c.state.add(s.rows, tally{owed: n}, rows, m)
	return nil
}

// owedOf counts the rows under a condition that are owed.
func (c *verification) owedOf(ctx context.Context, p *Part, cond string) (n int64, err error) {
	query := "SELECT COALESCE(SUM(q.owed), 0) FROM (" + c.rows(p, cond) + ") q"
	if err := c.conn.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("looking at rows that cannot be changed: %w", err)
	}
	return n, nil
}

// meant counts the rows under a condition that the statement is about, whatever their
// values are.
func (c *verification) meant(ctx context.Context, p *Part, cond string) (int64, error) {
	if c.plan.insert != nil {
		return c.owedOf(ctx, p, cond)
	}
	was := c.plan
	defer func() { c.plan = was }()
	c.plan.other, c.plan.apart = "", false
	return c.owedOf(ctx, p, cond)
}
