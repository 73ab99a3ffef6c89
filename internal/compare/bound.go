package compare

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// Bound is a place in the order of a walk: the text of each of its columns. nil is an end.
type Bound []string

func (b Bound) String() string {
	switch len(b) {
	case 0:
		return "the end"
	case 1:
		return b[0]
	}
	return "(" + strings.Join(b, ", ") + ")"
}

// stretch is the rows after one bound up to another, which belongs to them, or those
// of them in a few buckets.
type stretch struct {
	after, upTo Bound
	buckets     []string
}

// read is the FROM and WHERE of a stretch's rows.
func (s *side) read(r stretch) string {
	var where []string
	if r.after != nil {
		where = append(where, s.words.beyond(s.walk, r.after, ">", ">"))
	}
	if r.upTo != nil {
		where = append(where, s.words.beyond(s.walk, r.upTo, "<", "<="))
	}
	if r.buckets != nil {
		where = append(where, s.bucket()+" IN ('"+strings.Join(r.buckets, "', '")+"')")
	}
	text := " FROM " + s.from
	if r.after != nil || r.upTo != nil {
		text += s.hint()
	}
	if len(where) == 0 {
		return text
	}
	return text + " WHERE " + strings.Join(where, " AND ")
}

// bucket is one of 4096 that a row is in, by its key, or by all of it where it has none.
func (s *side) bucket() string {
	of := s.key
	if len(of) == 0 {
		of = s.values
	}
	return s.words.bucket(parts(s.words, of))
}

// next is the last key of the next n rows of a stretch; none: there are fewer.
func (s *side) next(ctx context.Context, q livedb.Queryer, r stretch, n int64) (Bound, bool, error) {
	var order []string
	for i := range s.walk {
		order = append(order, column(s.words, &s.walk[i]))
	}
	from := s.read(r)
	if r.after == nil && r.upTo == nil {
		from += s.hint()
	}
	_, rows, err := livedb.Texts(ctx, q, "SELECT "+strings.Join(reads(s.words, s.walk), ", ")+from+
		" ORDER BY "+strings.Join(order, ", ")+" LIMIT 1 OFFSET "+strconv.FormatInt(n-1, 10))
	if err != nil {
		return nil, false, fmt.Errorf("looking for the next keys of %s after %s: %w", s.name, r.after, err)
	}
	if len(rows) == 0 {
		return nil, false, nil
	}
	out := make(Bound, len(s.walk))
	for i := range out {
		out[i] = refine(s.walk[i].form, rows[0][i].String)
	}
	return out, true, nil
}
