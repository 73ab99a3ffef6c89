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
	pieces = 32  // a range that differs is cut into so many
	leaf   = 256 // rows of a range whose rows are compared one by one
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
		return c.leaf(ctx, r)
	}
	n := (most + pieces - 1) / pieces
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
		now, err := c.sums(ctx, piece)
		if err == nil && now[0] != now[1] {
			err = c.bisect(ctx, piece, now)
		}
		if err != nil || !found {
			return err
		}
		at = to
	}
}

// compared is a row of one side.
type compared struct {
	key  Bound
	hash string
}

// leaf compares a range row by row, and again what differs.
func (c *comparison) leaf(ctx context.Context, r keyRange) error {
	found, err := c.differences(ctx, r)
	for look := 1; look < looks && err == nil && len(found) > 0; look++ {
		if err = sleep(ctx, c.patience()); err != nil {
			break
		}
		var now map[string]Difference
		if now, err = c.differences(ctx, r); err == nil {
			for k, d := range found {
				if n, still := now[k]; !still {
					delete(found, k)
				} else if n.Kind != d.Kind {
					found[k] = n
				}
			}
		}
	}
	if err != nil {
		return err
	}
	c.note(found)
	return nil
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
