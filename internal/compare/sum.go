package compare

import (
	"context"
	"fmt"
	"strconv"

	"github.com/safemig/safemig/internal/livedb"
)

// sum is what the rows of a stretch come to: how many they are, and a sum of 60 bits of
// each one's SHA-256, which does not depend on their order.
type sum struct {
	rows int64
	hash string
}

// same: a sum in which a row had no hash is the same as none.
func (s sum) same(o sum) bool { return s == o && len(s.hash) < len(unhashed) }

// sums reads both sides' sums.
func (p *pairing) sums(ctx context.Context, l *lane, r stretch) (out [2]sum, err error) {
	err = l.each(ctx, func(ctx context.Context, i int, q *session) error {
		s := p.side(i)
		_, rows, err := livedb.Texts(ctx, q, "SELECT COUNT(*), "+s.words.sum(s.words.hash(s.rowText()))+s.read(r))
		if err != nil {
			return fmt.Errorf("summing up the rows of %s after %s up to %s: %w", s.name, r.after, r.upTo, err)
		}
		out[i], err = sumOf(rows[0][0].String, rows[0][1].String)
		return err
	})
	return out, err
}

func sumOf(rows, hash string) (sum, error) {
	n, err := strconv.ParseInt(rows, 10, 64)
	if err != nil {
		return sum{}, fmt.Errorf("a count of rows: %w", err)
	}
	return sum{n, hash}, nil
}

func (p *pairing) side(i int) *side {
	if i == 0 {
		return p.a
	}
	return p.b
}

// bucketSums reads the sums of a stretch's buckets.
func (p *pairing) bucketSums(ctx context.Context, l *lane, r stretch) (out [2]map[string]sum, err error) {
	err = l.each(ctx, func(ctx context.Context, i int, q *session) error {
		s := p.side(i)
		_, rows, err := livedb.Texts(ctx, q, "SELECT "+s.bucket()+" AS b, COUNT(*), "+s.words.sum(s.words.hash(s.rowText()))+s.read(r)+" GROUP BY 1")
		if err != nil {
			return fmt.Errorf("summing up the rows of %s: %w", s.name, err)
		}
		out[i] = map[string]sum{}
		for _, row := range rows {
			if out[i][row[0].String], err = sumOf(row[1].String, row[2].String); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}
