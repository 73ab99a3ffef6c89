package backfill

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func servoOptions() *Options {
	o := DefaultOptions()
	o.ChunkTime, o.MinRows, o.MaxRows, o.StartRows = 100*time.Millisecond, 10, 10_000, 100
	return &o
}

// TestServo: each line is what a batch of full size took per row, and the size after it.
func TestServo(t *testing.T) {
	s := newServo(servoOptions())
	for i, step := range []struct {
		took time.Duration
		want int64
	}{
		{10 * time.Millisecond, 150},       // far too quick: by half
		{15 * time.Millisecond, 225},       // and again
		{225 * time.Millisecond, 337},      // nine tenths of what is known says 0.1 ms per row still
		{5 * time.Second, 10},              // five times over: at once
		{10 * time.Millisecond, 15},        // what was before counts no longer
		{100 * time.Millisecond, 22},       // one slow batch among quick ones
		{10 * time.Hour, 10},               // never below the floor
		{time.Nanosecond, 15},              // nor in leaps
		{0, 22}, {0, 33}, {0, 49}, {0, 73}, // a clock that stands still
	} {
		if s.took(s.rows(), step.took); s.rows() != step.want {
			t.Fatalf("step %d, after %s: %d rows, not %d", i, step.took, s.rows(), step.want)
		}
	}
	for range 30 {
		s.took(s.rows(), 0)
	}
	if s.rows() != 10_000 {
		t.Errorf("it grows to %d rows", s.rows())
	}
	s.took(3, 20*time.Millisecond)
	if s.rows() != 10_000 {
		t.Errorf("the end of a range made it %d rows", s.rows())
	}
	for range 20 {
		s.halve()
	}
	if s.rows() != 10 {
		t.Errorf("halving ends at %d rows", s.rows())
	}
}

// TestServoSettles: with a constant time per row batches come to take the time that
// they should, from any start.
func TestServoSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := servoOptions()
		o.StartRows = rapid.Int64Range(-5, 1_000_000).Draw(t, "start")
		perRow := time.Duration(rapid.Int64Range(15_000, 8_000_000).Draw(t, "per row"))
		s := newServo(o)
		for range 60 {
			if s.rows() < o.MinRows || s.rows() > o.MaxRows {
				t.Fatalf("%d rows", s.rows())
			}
			s.took(s.rows(), time.Duration(s.rows())*perRow)
		}
		took := time.Duration(s.rows()) * perRow
		if took > o.ChunkTime || took < o.ChunkTime-2*perRow {
			t.Errorf("batches of %d rows take %s", s.rows(), took)
		}
	})
}

// TestBounds: what is encoded is decoded, whatever it has in it, and two bounds are
// one text only where they are the same.
func TestBounds(t *testing.T) {
	texts := rapid.SliceOfN(rapid.String(), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		a, b := Bound(texts.Draw(t, "a")), Bound(texts.Draw(t, "b"))
		back, err := DecodeBound(a.Encode())
		if err != nil || !cmp.Equal(a, back) {
			t.Fatalf("%q became %q, %v", a, back, err)
		}
		if (a.Encode() == b.Encode()) != slices.Equal(a, b) {
			t.Errorf("%q and %q are both %s", a, b, a.Encode())
		}
	})
	for _, text := range []string{"x", "[1]", `["a"`, `{"a": "b"}`, `"a"`} {
		if b, err := DecodeBound(text); err == nil || !strings.Contains(err.Error(), "checkpoint") {
			t.Errorf("%s was read as %q, %v", text, b, err)
		}
	}
	for text, b := range map[string]Bound{"the start": nil, "4711": {"4711"}, "(7, x)": {"7", "x"}} {
		if b.String() != text {
			t.Errorf("%q is written %s", []string(b), b)
		}
	}
}

func TestNaming(t *testing.T) {
	dialects := openDialects(t)
	for _, c := range []struct{ dialect, sql, part, table, called string }{
		{"postgres", "UPDATE t SET a = 1", "t", "t", "t"},
		{"postgres", "UPDATE t SET a = 1", "s.t_1", "s.t_1 AS t", "t"},
		{"postgres", "UPDATE s.t SET a = 1", "s.t_1", "s.t_1 AS t", "t"},
		{"postgres", `UPDATE s."T.t" SET a = 1`, "s.t_1", `s.t_1 AS "T.t"`, `"T.t"`},
		{"postgres", `UPDATE "s.x".t SET a = 1`, "s.t_1", `s.t_1 AS t`, `t`},
		{"postgres", `UPDATE "s.x"."T" SET a = 1`, "ONLY s.t_1", `ONLY s.t_1 AS "T"`, `"T"`},
		{"postgres", `UPDATE "a.b" SET a = 1`, "s.t_1", `s.t_1 AS "a.b"`, `"a.b"`},
		{"postgres", `UPDATE "a.""b" SET a = 1`, "s.t_1", `s.t_1 AS "a.""b"`, `"a.""b"`},
		{"postgres", "UPDATE s.t AS x SET a = 1", "s.t_1", "s.t_1", "x"},
		{"mysql", "UPDATE s.t SET a = 1", "s.t PARTITION (`p0`)", "s.t PARTITION (`p0`)", "s.t"},
		{"mysql", "UPDATE s.t x SET a = 1", "s.t PARTITION (`p0`)", "s.t PARTITION (`p0`)", "x"},
	} {
		j, err := Read("job", c.sql, dialects[c.dialect])
		if err != nil {
			t.Fatal(err)
		}
		if table, called := j.Naming(&Part{Name: c.part}); table != c.table || called != c.called {
			t.Errorf("%s: %s stands as %s, called %s", c.sql, c.part, table, called)
		}
	}
}

// TestRefusals: what cannot be done in batches is refused with its place.
func TestRefusals(t *testing.T) {
	dialects := openDialects(t)
	for _, c := range []struct{ dialect, sql, at, why string }{
		{"postgres", "UPDATE t SET a = 1; DELETE FROM t", "UPDATE", "a job has one statement"},
		{"postgres", "UPDATE t SET a = 1 RETURNING a", "RETURNING", "nobody to go to"},
		{"postgres", "INSERT INTO w SELECT count(*) FROM t", "count", "batch of results"},
		{"postgres", "INSERT INTO w SELECT a, coalesce(sum(b) OVER (), 0) FROM t", "sum", "batch of results"},
		{"postgres", "INSERT INTO w SELECT DISTINCT a FROM t", "DISTINCT", "batch of results"},
		{"postgres", "INSERT INTO w SELECT a FROM t FULL JOIN u USING (a)", "FULL", "FULL JOIN"},
		{"postgres", "INSERT INTO w SELECT t.a FROM t RIGHT JOIN u USING (a)", "RIGHT", "RIGHT JOIN"},
		{"postgres", "INSERT INTO w SELECT a FROM (SELECT a FROM t) x", "(SELECT", "no table"},
		{"postgres", "INSERT INTO w VALUES (1)", "INSERT", "rows in itself"},
		{"postgres", "WITH x AS (DELETE FROM u RETURNING a) UPDATE t SET a = 1", "WITH", "WITH clause"},
		{"postgres", "UPDATE t SET a = 1 WHERE true /* safemig:batch */ AND true /* safemig:batch */ AND b", "true /* safemig:batch */ AND b", "2 times"},
		{"mysql", "UPDATE t SET a = 1 ORDER BY a LIMIT 5", "UPDATE", "ORDER BY or LIMIT"},
		{"mysql", "UPDATE IGNORE t SET a = 1", "IGNORE", "without a word"},
		{"mysql", "DELETE LOW_PRIORITY IGNORE FROM t", "IGNORE", "without a word"},
		{"mysql", "INSERT IGNORE INTO w SELECT a FROM t", "IGNORE", "without a word"},
		{"mysql", "REPLACE INTO w SELECT a FROM t", "REPLACE", "REPLACE deletes"},
		{"mysql", "UPDATE t JOIN u USING (id) SET u.a = 1", "u.a", "put the table that is changed first"},
		{"mysql", "UPDATE t JOIN u USING (id) SET t.a = 1, u.a = 1", "UPDATE", "changes 2 tables"},
		{"mysql", "DELETE u FROM t JOIN u USING (id)", "u FROM", "put the table whose rows go first"},
		{"mysql", "UPDATE t PARTITION (p0) SET a = 1", "t PARTITION", "no table"},
		{"mysql", "UPDATE t FORCE INDEX (x) SET a = 1", "t FORCE", "no table"},
	} {
		_, err := Read("job", c.sql, dialects[c.dialect])
		var m *Mistake
		if !errors.As(err, &m) || !strings.Contains(m.Reason, c.why) {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if !strings.HasPrefix(c.sql[m.At:], c.at) && m.At != 0 {
			t.Errorf("%s: refused at %q", c.sql, c.sql[m.At:])
		}
	}
}

// TestServoAfterJumps: what a clock that was set makes of a batch's time is
// forgotten soon.
func TestServoAfterJumps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := servoOptions()
		s := newServo(o)
		const perRow = 100 * time.Microsecond
		for range rapid.IntRange(1, 50).Draw(t, "jumps") {
			jump := time.Duration(rapid.Int64Range(-int64(30*time.Hour), int64(30*time.Hour)).Draw(t, "by"))
			s.took(s.rows(), max(0, time.Duration(s.rows())*perRow+jump)) // as step does
			if s.rows() < o.MinRows || s.rows() > o.MaxRows {
				t.Fatalf("%d rows", s.rows())
			}
		}
		for range 30 {
			s.took(s.rows(), time.Duration(s.rows())*perRow)
		}
		if took := time.Duration(s.rows()) * perRow; took < o.ChunkTime*9/10 || took > o.ChunkTime {
			t.Errorf("batches take %s", took)
		}
	})
}

// TestBatchesAreASmallShare: of a small table's rows a batch has few.
func TestBatchesAreASmallShare(t *testing.T) {
	for _, c := range []struct {
		rows, bytes, minRows, want int64
		share                      float64
	}{
		{rows: 50_000_000, want: 125_000, share: 0.0025},
		{rows: 500_000_000, want: 200_000, share: 0.0025},
		{rows: 1000, want: 100, share: 0.0025},
		{rows: 1000, want: 500, minRows: 500, share: 0.0025},
		{rows: -1, bytes: 100_000_000, want: 2500, share: 0.0025}, // never analyzed
		{rows: 1000, want: 200_000, share: 1},
	} {
		o := DefaultOptions()
		o.MaxRows, o.MaxShare, o.MinRows = mostAtOnce, c.share, max(c.minRows, o.MinRows)
		table := &Table{Parts: []Part{{Rows: c.rows, Bytes: c.bytes}}}
		if got := mostRows(&o, table); got != c.want {
			t.Errorf("%+v: %d rows", c, got)
		}
		s := newServo(&o).among(table)
		for range 40 {
			s.took(s.rows(), time.Nanosecond)
		}
		if got := s.rows(); got != c.want {
			t.Errorf("%+v: batches grow to %d rows", c, got)
		}
	}
}

// TestRest: a worker rests for as long as its batch took, or until the run ends.
func TestRest(t *testing.T) {
	o := DefaultOptions()
	w := &worker{Run: &Run{options: o, stop: make(chan struct{})}, worked: 50 * time.Millisecond}
	rested := func(ctx context.Context) time.Duration {
		began := time.Now()
		if err := w.rest(ctx, &Lane{}); err != nil && !errors.Is(err, ErrStopped) && ctx.Err() == nil {
			t.Error(err)
		}
		return time.Since(began)
	}
	if d := rested(t.Context()); d < 50*time.Millisecond {
		t.Errorf("rested for %s", d)
	}
	if d := rested(t.Context()); d > 20*time.Millisecond {
		t.Errorf("rested for %s after no batch", d)
	}
	w.worked = time.Hour
	ended, end := context.WithCancel(t.Context())
	end()
	rested(ended)
	w.worked = time.Hour
	w.Stop()
	rested(t.Context())
}
