package backfill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	pieces = 32   // a range that differs is cut into so many at most
	leaf   = 1024 // rows of a range whose rows are compared one by one: to read them costs little more than to sum them up
	// mostDoubtful is how many differences are kept until they are looked at again.
	mostDoubtful = 20_000
)

// bisect finds the rows of a range that differ. It cuts where the side with more
// rows has them.
func (c *comparison) bisect(ctx context.Context, r keyRange, sums [2]sum) error {
	side := 0
	if sums[1].rows > sums[0].rows {
		side = 1
	}
	most := sums[side].rows
	if most <= leaf {
		_, err := c.leaf(ctx, r)
		return err
	}
	n := max((most+pieces-1)/pieces, leaf)
	differs := false // the piece before
	for at := r.after; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		to, found, err := c.next(ctx, side, keyRange{after: at, upTo: r.upTo}, n)
		if err != nil {
			return err
		}
		piece := keyRange{after: at, upTo: r.upTo}
		if found {
			piece.upTo = to
		}
		differs, err = c.piece(ctx, piece, 1-side, differs && n == leaf)
		if err != nil || !found {
			return err
		}
		at = to
	}
}

// piece compares a piece: behind one that differs the next does so too as a rule,
// and its rows are read at once, unless the side that it was not cut by has many.
func (c *comparison) piece(ctx context.Context, r keyRange, other int, atOnce bool) (differs bool, err error) {
	if atOnce {
		_, many, err := c.next(ctx, other, r, pieces*leaf)
		if err != nil {
			return false, err
		}
		if !many {
			return c.leaf(ctx, r)
		}
	}
	now, err := c.sums(ctx, r)
	if err != nil || now[0] == now[1] {
		return false, err
	}
	return true, c.bisect(ctx, r, now)
}

// suspect is a range of few rows, and what differed in it.
type suspect struct {
	r     keyRange
	found map[string]Difference
}

// leaf compares a range row by row. What differs is looked at again later.
func (c *comparison) leaf(ctx context.Context, r keyRange) (differs bool, err error) {
	found, err := c.differences(ctx, r)
	if err != nil || len(found) == 0 {
		return false, err
	}
	c.suspects = append(c.suspects, suspect{r, found})
	if c.doubtful += len(found); c.doubtful >= mostDoubtful {
		err = c.again(ctx)
	}
	return true, err
}

// again looks at all differences again, with a pause before each look, and notes
// those that stay.
func (c *comparison) again(ctx context.Context) error {
	for look := 1; look < looks && len(c.suspects) > 0; look++ {
		if err := sleep(ctx, c.patience()); err != nil {
			return err
		}
		for _, s := range c.suspects {
			now, err := c.differences(ctx, s.r)
			if err != nil {
				return err
			}
			s.stay(now)
		}
		c.suspects = slices.DeleteFunc(c.suspects, func(s suspect) bool { return len(s.found) == 0 })
	}
	for _, s := range c.suspects {
		c.note(s.found)
	}
	c.suspects, c.doubtful = nil, 0
	return nil
}

// stay keeps the differences that are there still.
func (s *suspect) stay(now map[string]Difference) {
	for k := range s.found {
		if n, still := now[k]; still {
			s.found[k] = n
		} else {
			delete(s.found, k)
		}
	}
}

func (c *comparison) patience() time.Duration {
	return VerifyOptions{Patience: c.o.Patience}.patience()
}

func (c *comparison) note(found map[string]Difference) {
	rows := make([]Difference, 0, len(found))
	for _, d := range found {
		rows = append(rows, d)
		switch d.Kind {
		case "missing":
			c.out.Missing++
		case "extra":
			c.out.Extra++
		default:
			c.out.Different++
		}
	}
	slices.SortFunc(rows, func(a, b Difference) int { return strings.Compare(a.Key.String(), b.Key.String()) })
	c.out.First = append(c.out.First, rows[:min(len(rows), firstRows-len(c.out.First))]...)
}

func (c *comparison) differences(ctx context.Context, r keyRange) (map[string]Difference, error) {
	var rows [2]map[string]compared
	err := c.snapshot(ctx, func(i int, q executor) (err error) {
		rows[i], err = c.sides[i].rows(ctx, q, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := map[string]Difference{}
	for k, a := range rows[0] {
		if b, there := rows[1][k]; !there {
			out[k] = Difference{Key: a.key, Kind: "missing"}
		} else if a.hash != b.hash {
			out[k] = Difference{Key: a.key, Kind: "different"}
		}
	}
	for k, b := range rows[1] {
		if _, there := rows[0][k]; !there {
			out[k] = Difference{Key: b.key, Kind: "extra"}
		}
	}
	return out, nil
}

// compared is a row of one side.
type compared struct {
	key  Bound
	hash string
}

// rows reads the hashes of a range's rows.
func (s *comparedSide) rows(ctx context.Context, q executor, r keyRange) (out map[string]compared, err error) {
	result, err := q.QueryContext(ctx, "SELECT "+s.match()+", "+s.hash()+", "+keyTexts(s.f, s.table, "k")+" FROM "+s.from(r))
	if err != nil {
		return nil, fmt.Errorf("reading the rows after %s up to %s: %w", r.after, r.upTo, err)
	}
	defer func() { err = errors.Join(err, result.Close()) }()
	out = map[string]compared{}
	for result.Next() {
		var match string
		row := compared{key: make(Bound, len(s.Key))}
		into := []any{&match, &row.hash}
		for i := range row.key {
			into = append(into, &row.key[i])
		}
		if err := result.Scan(into...); err != nil {
			return nil, fmt.Errorf("reading the rows after %s up to %s: %w", r.after, r.upTo, err)
		}
		out[match] = row
	}
	return out, result.Err()
}
