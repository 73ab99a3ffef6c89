package compare

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// Sample picks n rows at random, half of them from each side, and compares them field by
// field, as they are now.
func (c *Comparison) Sample(ctx context.Context, n int) (Result, error) {
	out, began := c.blank(), time.Now()
	if len(c.a.key) == 0 {
		return out, errors.New("a sample needs a key by which a row is found on the other side: name one with --key")
	}
	out.Notes = append(out.Notes, "only a sample was compared: rows that nobody picked may differ")
	k := looker{p: c.pairing}
	defer k.leave(ctx)
	keys, err := c.pick(ctx, n)
	if err != nil {
		return out, err
	}
	for len(keys) > 0 {
		some := keys[:min(atOnce, len(keys))]
		if err := c.sampleOf(ctx, &k, some, &out); err != nil {
			return out, err
		}
		keys = keys[len(some):]
	}
	out.Took = Seconds(time.Since(began).Seconds())
	return out, nil
}

func (c *Comparison) sampleOf(ctx context.Context, k *looker, keys [][]string, out *Result) error {
	now, err := k.rowsOf(ctx, keys)
	if err != nil {
		return err
	}
	var doubtful []*Row
	same := map[string]*Row{}
	for _, key := range keys {
		match := strings.Join(key, "\x01")
		if row := c.differing(now[0][match], now[1][match]); row != nil {
			doubtful = append(doubtful, row)
		} else if a := now[0][match]; a != nil {
			same[match] = &Row{Key: key, Fields: c.fields(a, now[1][match], true)}
		}
	}
	differ, err := k.patient(ctx, doubtful, c.o.Patience, c.o.Looks)
	if err != nil {
		return err
	}
	for _, row := range differ {
		same[strings.Join(row.Key, "\x01")] = row
		out.count(row, c.o.Show)
	}
	out.Settled += int64(len(doubtful) - len(differ))
	for _, key := range keys {
		if row := same[strings.Join(key, "\x01")]; row != nil {
			out.Rows = append(out.Rows, *row)
			out.Sampled++
			if row.Kind != Extra {
				out.RowsA++
			}
			if row.Kind != Missing {
				out.RowsB++
			}
		}
	}
	return nil
}

// pick gives keys of both sides, each once.
func (c *Comparison) pick(ctx context.Context, n int) (keys [][]string, err error) {
	known := map[string]bool{}
	for i, share := range []int{(n + 1) / 2, n / 2} {
		some, err := c.side(i).random(ctx, share)
		if err != nil {
			return nil, err
		}
		for _, key := range some {
			if match := strings.Join(key, "\x01"); !known[match] {
				known[match] = true
				keys = append(keys, key)
			}
		}
	}
	return keys, nil
}

// random picks keys of a side. Between the least and the greatest of integers it looks
// for the next one to a random number; else all keys are read.
func (s *side) random(ctx context.Context, n int) (keys [][]string, err error) {
	if n == 0 {
		return nil, nil
	}
	q, err := connect(ctx, s.db)
	if err != nil {
		return nil, err
	}
	defer q.leave(ctx)
	if len(s.walk) == 1 && len(s.key) == 1 && s.key[0].form == Integer {
		return s.randomNumbers(ctx, q, n)
	}
	random := "random()"
	if s.db.Dialect != "postgres" {
		random = "RAND()"
	}
	return s.keysOf(ctx, q, " FROM "+s.from+" ORDER BY "+random+" LIMIT "+strconv.Itoa(n))
}

func (s *side) keysOf(ctx context.Context, q livedb.Queryer, from string) ([][]string, error) {
	_, rows, err := livedb.Texts(ctx, q, "SELECT "+strings.Join(reads(s.words, s.key), ", ")+from)
	if err != nil {
		return nil, fmt.Errorf("picking rows of %s: %w", s.name, err)
	}
	var out [][]string
	for _, r := range rows {
		key := make([]string, len(s.key))
		for i := range key {
			key[i] = refine(s.key[i].form, r[i].String)
		}
		out = append(out, key)
	}
	return out, nil
}

func (s *side) randomNumbers(ctx context.Context, q *session, n int) (keys [][]string, err error) {
	k := column(s.words, &s.key[0])
	ends, err := s.keysOf(ctx, q, " FROM "+s.from+s.hint()+" ORDER BY "+k+" LIMIT 1")
	if err != nil || len(ends) == 0 {
		return nil, err
	}
	last, err := s.keysOf(ctx, q, " FROM "+s.from+s.hint()+" ORDER BY "+k+" DESC LIMIT 1")
	if err != nil || len(last) == 0 {
		return nil, err
	}
	least, errLeast := strconv.ParseInt(ends[0][0], 10, 64)
	most, errMost := strconv.ParseInt(last[0][0], 10, 64)
	if errLeast != nil || errMost != nil {
		return s.keysOf(ctx, q, " FROM "+s.from+" ORDER BY 1 LIMIT "+strconv.Itoa(n)) // beyond 2^63
	}
	for range n {
		at := least + int64(rand.Uint64N(uint64(most-least)+1))
		some, err := s.keysOf(ctx, q, " FROM "+s.from+s.hint()+" WHERE "+k+" >= "+strconv.FormatInt(at, 10)+" ORDER BY "+k+" LIMIT 1")
		if err != nil {
			return nil, err
		}
		keys = append(keys, some...)
	}
	return keys, nil
}
