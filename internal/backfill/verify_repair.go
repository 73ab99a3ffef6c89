package backfill

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// mending is what a repair did.
type mending struct {
	rows, failed int64
	failure      string
}

// mend runs the job's own statement on the rows of a stretch that are owed. The
// checkpoint stays where it is.
func (c *verification) mend(ctx context.Context, s stretch) (mending, error) {
	n, err := c.count(ctx, s)
	if err != nil || n.owed == 0 {
		return mending{}, err
	}
	rows, err := c.rewrite(ctx, s)
	if err == nil {
		// MySQL counts a row twice that ON DUPLICATE KEY UPDATE changes.
		return mending{rows: min(rows, n.owed)}, nil
	}
	if c.flavour.fault(err) != Data {
		return mending{}, err
	}
	half, found := Bound(nil), false
	if s.rows > 1 {
		var lookErr error
		if half, found, lookErr = next(ctx, c.look, c.flavour, c.table, s.part, s.after, s.upTo, s.rows/2); lookErr != nil {
			return mending{}, lookErr
		}
	}
	if !found || half.Encode() == s.upTo.Encode() {
		return mending{failed: n.owed, failure: err.Error()}, nil
	}
	return c.mendHalves(ctx, s, half)
}

// mendHalves keeps a row that the server refuses from holding up the others.
func (c *verification) mendHalves(ctx context.Context, s stretch, half Bound) (mending, error) {
	first, err := c.mend(ctx, stretch{part: s.part, after: s.after, upTo: half, rows: s.rows / 2})
	if err != nil {
		return first, err
	}
	second, err := c.mend(ctx, stretch{part: s.part, after: half, upTo: s.upTo, rows: s.rows - s.rows/2})
	second.rows += first.rows
	second.failed += first.failed
	if first.failure != "" {
		second.failure = first.failure
	}
	return second, err
}

func (c *verification) rewrite(ctx context.Context, s stretch) (rows int64, err error) {
	err = inTransaction(ctx, c.conn, func(tx *sql.Tx) error {
		var res sql.Result
		err := c.limited(ctx, func() (err error) {
			res, err = tx.ExecContext(ctx, c.repair(s))
			return err
		})
		if err == nil {
			rows, err = res.RowsAffected()
		}
		if err == nil {
			err = c.flavour.warnings(ctx, tx)
		}
		if err != nil {
			return fmt.Errorf("repairing the rows after %s up to %s: %w", s.after, s.upTo, err)
		}
		return nil
	})
	return rows, err
}

// repair is the statement for what is owed of a stretch. Its condition is looked at
// again for the version of a row that it locks.
func (c *verification) repair(s stretch) string {
	table, called := c.job.Naming(s.part)
	cond, hint := c.within(s), c.flavour.hint(c.table)
	switch {
	case c.plan.insert != nil:
		var r []string
		for i := range c.table.Key {
			r = append(r, "q.r"+strconv.Itoa(i))
		}
		cond += " AND (" + strings.Join(c.keyColumns(called), ", ") + ") IN (SELECT " + strings.Join(r, ", ") + " FROM (" + c.rows(s.part, cond) + ") q WHERE q.owed = 1)"
	case c.job.Kind == Delete && c.job.From == "":
		hint = "" // MySQL's DELETE from one table takes none
	case c.plan.other != "":
		cond += " AND " + c.plan.other
	}
	return c.job.Statement(table, hint, cond)
}

// takeOut tells the rows that the run passed over from those that are owed.
func (c *verification) takeOut(ctx context.Context, res *VerifyResult) error {
	for i := range c.table.Parts {
		p := &c.table.Parts[i]
		keys, err := c.store.passedOver(ctx, c.conn, c.job.Name, p.Name)
		if err != nil {
			return err
		}
		for len(keys) > 0 {
			some := keys[:min(len(keys), 100)]
			keys = keys[len(some):]
			if err := c.takeOutOf(ctx, p, some, res); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *verification) takeOutOf(ctx context.Context, p *Part, keys []Bound, res *VerifyResult) error {
	_, called := c.job.Naming(p)
	var each []string
	for _, k := range keys {
		each = append(each, c.exactly(called, k))
	}
	cond := "(" + strings.Join(each, " OR ") + ")"
	n, err := c.owedOf(ctx, p, cond)
	refused := err != nil && c.flavour.fault(err) == Data
	if err != nil && !refused {
		return err
	}
	open := n
	if refused || c.plan.marks {
		// MySQL takes NULL for what it cannot compute, and so for what is there already.
		if open, err = c.meant(ctx, p, cond); err != nil {
			return err
		}
	}
	if refused {
		n = open
	}
	n = min(n, res.Owed)
	res.PassedOver += max(n, open)
	res.Owed -= n
	return nil
}

// exactly is the condition of one row, or of the block that ends at a bound.
func (c *verification) exactly(called string, b Bound) string {
	if c.table.Key[0].Class == Block {
		n, err := blockOf(b)
		if err != nil {
			return "1 = 0"
		}
		return "(" + condition(c.flavour, c.table, called, Bound{strconv.FormatInt(max(n-1, 0), 10)}, b) + ")"
	}
	var out []string
	for i, k := range c.table.Key {
		out = append(out, called+"."+c.flavour.quote(k.Name)+" = "+c.flavour.literal(k, b[i]))
	}
	return "(" + strings.Join(out, " AND ") + ")"
}
