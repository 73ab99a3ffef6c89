package compare

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	atOnce = 500 // keys that are looked for with one statement
	// flush is how many rows that differ are kept until they are looked at again.
	flush = 2000
	// mostPatient is how many differences are waited for: beyond it nobody doubts them.
	mostPatient = 10_000
)

// looker looks at rows again, as they are now.
type looker struct {
	p    *pairing
	lane *lane
}

// rowsOf reads the rows with one of a few keys on both sides, as of one moment where
// both are of one database.
func (k *looker) rowsOf(ctx context.Context, keys [][]string) (rows [2]map[string]*record, err error) {
	if k.lane == nil {
		lanes, err := k.p.openLanes(ctx, 1, false)
		if err != nil {
			return rows, err
		}
		k.lane = lanes[0]
		for _, s := range k.lane.sessions {
			if err := s.byIndex(ctx); err != nil {
				return rows, err
			}
		}
	}
	err = k.lane.each(ctx, func(ctx context.Context, i int, q *session) (err error) {
		s := k.p.side(i)
		rows[i], err = s.gather(ctx, q, false, " FROM "+s.from+" WHERE "+s.among(keys), mostWhole)
		return err
	})
	return rows, err
}

func (k *looker) leave(ctx context.Context) {
	if k.lane != nil {
		k.lane.leave(ctx)
	}
}

// look keeps of rows that differ those that differ still, with their fields.
func (k *looker) look(ctx context.Context, rows []*Row) ([]*Row, error) {
	var out []*Row
	for some := range slices.Chunk(rows, atOnce) {
		var keys [][]string
		for _, r := range some {
			keys = append(keys, r.Key)
		}
		now, err := k.rowsOf(ctx, keys)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			match := strings.Join(key, "\x01")
			if row := k.p.differing(now[0][match], now[1][match]); row != nil {
				out = append(out, row)
			}
		}
	}
	return out, nil
}

// patient looks several times, with a longer pause each time: a writer may be about to
// change a row on the other side too.
func (k *looker) patient(ctx context.Context, rows []*Row, pause time.Duration, looks int) ([]*Row, error) {
	rows, err := k.look(ctx, rows)
	for n := 1; n < looks && err == nil && len(rows) > 0; n++ {
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
		pause *= 4
		rows, err = k.look(ctx, rows)
	}
	return rows, err
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// among is the condition that a row has one of some keys.
func (s *side) among(keys [][]string) string {
	if len(s.key) == 1 {
		var in, texts []string
		for _, k := range keys {
			if l, ok := s.words.literal(&s.key[0], k[0]); ok {
				in = append(in, l)
			} else {
				texts = append(texts, s.words.text(k[0]))
			}
		}
		return "(" + strings.Join(slices.DeleteFunc([]string{
			s.isIn(column(s.words, &s.key[0]), in), s.isIn(s.words.readText(&s.key[0], column(s.words, &s.key[0])), texts),
		}, func(c string) bool { return c == "" }), " OR ") + ")"
	}
	var out []string
	for _, k := range keys {
		var each []string
		for i := range s.key {
			each = append(each, s.equals(&s.key[i], k[i]))
		}
		out = append(out, "("+strings.Join(each, " AND ")+")")
	}
	return "(" + strings.Join(out, " OR ") + ")"
}

func (s *side) isIn(x string, values []string) string {
	if len(values) == 0 {
		return ""
	}
	return fmt.Sprintf("%s IN (%s)", x, strings.Join(values, ", "))
}

func (s *side) equals(k *value, text string) string {
	if l, ok := s.words.literal(k, text); ok {
		return column(s.words, k) + " = " + l
	}
	return s.words.readText(k, column(s.words, k)) + " = " + s.words.text(text)
}
