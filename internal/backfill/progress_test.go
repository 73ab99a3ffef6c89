package backfill

import (
	"math"
	"math/big"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestShareOfKeys(t *testing.T) {
	for _, test := range []struct {
		class        Class
		from, at, to string
		want         float64
		unknown      bool
	}{
		{class: Number, from: "0", at: "25", to: "100", want: 0.25},
		{class: Number, from: "-9223372036854775808", at: "0", to: "9223372036854775807", want: 0.5},
		{class: Number, from: "18446744073709551605", at: "18446744073709551610", to: "18446744073709551615", want: 0.5},
		{class: Number, from: "10.5", at: "15.25", to: "20", want: 0.5},
		{class: UUID, from: "00000000-0000-0000-0000-000000000000", at: "40000000-0000-0000-0000-000000000000", to: "80000000-0000-0000-0000-000000000000", want: 0.5},
		{class: UUID, from: "0190a000-0000-7000-8000-000000000000", at: "0190a001-0000-7000-8000-000000000000", to: "0190a004-0000-7000-8000-000000000000", want: 0.25},
		{class: Bytes, from: `\x00`, at: `\x80`, to: `\xffff`, want: 0.5},
		{class: Bytes, from: "00", at: "80", to: "FFFF", want: 0.5},
		{class: Time, from: "2026-01-01 00:00:00+00", at: "2026-01-01 06:00:00.5+00", to: "2026-01-02 00:00:00+00", want: 0.25},
		{class: Time, from: "2026-01-01", at: "2026-01-02", to: "2026-01-05", want: 0.25},
		{class: Time, from: "infinity", at: "2026-01-02", to: "2026-01-05", unknown: true},
		{class: Text, from: "a", at: "b", to: "c", unknown: true},
	} {
		key := []Column{{Name: "k", Class: test.class}}
		from, at, to := place(key, Bound{test.from}), place(key, Bound{test.at}), place(key, Bound{test.to})
		if from == nil || at == nil || to == nil {
			if !test.unknown {
				t.Errorf("the place of %q, %q or %q is not known", test.from, test.at, test.to)
			}
			continue
		}
		if got := fraction(from, at, to); test.unknown || math.Abs(got-test.want) > 0.01 {
			t.Errorf("%q between %q and %q is %v, not %v", test.at, test.from, test.to, got, test.want)
		}
	}
}

func TestShareNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		class := rapid.SampledFrom([]Class{Number, Text}).Draw(t, "class")
		table := &Table{Key: []Column{{Name: "id", Class: class}}, Parts: []Part{{ID: "1", Name: "a", Rows: 1000}, {ID: "2", Name: "b", Rows: rapid.Int64Range(-1, 1000).Draw(t, "rows"), Bytes: 800}}}
		lanes := []*Lane{{ID: 1, Part: "1", UpTo: keyAt(1000)}, {ID: 2, Part: "2", UpTo: keyAt(5000)}}
		s := &survey{table: table, first: map[string]*big.Int{"1": place(table.Key, keyAt(0)), "2": place(table.Key, keyAt(100))}}
		s.note(lanes...)
		last := 0.0
		for id := int64(3); ; id++ {
			left := notDone(lanes)
			p := s.progress()
			if p.Share < last || p.Share > 1 || (len(left) > 0) != (p.Share <= mostBeforeEnd) {
				t.Fatalf("%v after %v, %d lanes left", p.Share, last, len(left))
			}
			last = p.Share
			if len(left) == 0 {
				return
			}
			lanes = stepAlong(t, s, lanes, rapid.SampledFrom(left).Draw(t, "lane"), id)
		}
	})
}

func keyAt(n int64) Bound { return Bound{strconv.FormatInt(n, 10)} }

func notDone(lanes []*Lane) (out []*Lane) {
	for _, l := range lanes {
		if !l.Done {
			out = append(out, l)
		}
	}
	return out
}

// stepAlong walks along a lane, or gives a part of it to another.
func stepAlong(t *rapid.T, s *survey, lanes []*Lane, l *Lane, id int64) []*Lane {
	at, end := int64(0), valueAt(l.UpTo)
	if l.At != nil {
		at = valueAt(l.At)
	}
	to := min(at+rapid.Int64Range(1, 900).Draw(t, "step"), end)
	if to < end && rapid.Bool().Draw(t, "split") {
		rest := &Lane{ID: id, Part: l.Part, From: keyAt(to), At: keyAt(to), UpTo: l.UpTo}
		l.UpTo = keyAt(to)
		s.note(l, rest)
		return append(lanes, rest)
	}
	l.At, l.Done = keyAt(to), to == end
	s.spent(to-at, 0)
	s.note(l)
	return lanes
}

func valueAt(b Bound) int64 {
	n, err := strconv.ParseInt(b[0], 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}
