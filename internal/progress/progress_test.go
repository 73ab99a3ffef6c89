package progress

import (
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
	"pgregory.net/rapid"
)

func TestFigures(t *testing.T) {
	for want, got := range map[string]string{
		"0": Number(0), "999": Number(999), "1,000": Number(1000), "-1,234,567": Number(-1234567),
		"1 row": Count(1, "row"), "0 rows": Count(0, "row"), "12,000 rows": Count(12000, "row"),
		"99.9 %": Percent(0.99999), "100.0 %": Percent(1), "0.0 %": Percent(0.0001),
		"243 ms": Time(243 * time.Millisecond), "1.5 s": Time(1500 * time.Millisecond), "59 s": Time(59 * time.Second),
		"2 min 04 s": Time(124 * time.Second), "3 h 12 min": Time(3*time.Hour + 12*time.Minute), "2 d 4 h": Time(52 * time.Hour),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPace(t *testing.T) {
	at := time.Now()
	var m Meter
	for i := range 61 { // 1,000 rows and 0.5 % a second
		m.Add(at.Add(time.Duration(i)*time.Second), int64(i)*1000, float64(i)*0.005)
		p := m.Pace()
		if early := i < 10; early != (p.Left < 0) {
			t.Errorf("after %d s: %v left", i, p.Left)
		}
		if i > 0 && (p.RowsPerSecond < 999 || p.RowsPerSecond > 1001) {
			t.Errorf("after %d s: %v rows/s", i, p.RowsPerSecond)
		}
	}
	if left := m.Pace().Left.Round(time.Second); left != 140*time.Second {
		t.Errorf("%v left of 200 s after 60", left)
	}
	m.Add(at.Add(75*time.Second), 60_000, 0.3)
	if p := m.Pace(); p.RowsPerSecond != 0 {
		t.Errorf("%v rows/s after a wait", p.RowsPerSecond)
	}
}

func TestNoTimeLeftBeforeOnePercent(t *testing.T) {
	var m Meter
	at := time.Now()
	m.Add(at, 0, 0)
	m.Add(at.Add(time.Hour), 10, 0.009)
	if p := m.Pace(); p.Left >= 0 {
		t.Errorf("%v left at 0.9 %%", p.Left)
	}
}

func TestBlocksFitTheTerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Snapshot{
			Job: rapid.StringMatching(`[a-zéü世_0-9]{1,60}`).Draw(t, "job"), Share: rapid.Float64Range(0, 1).Draw(t, "share"),
			Rows: rapid.Int64Range(0, 1e12).Draw(t, "rows"), Reason: rapid.SampledFrom([]string{"", "replica db2 is 7.2 s behind, the limit is 5 s"}).Draw(t, "reason"),
			Last: Batch{5000, time.Second}, Pace: Pace{Left: time.Duration(rapid.Int64Range(-1, 1e15).Draw(t, "left"))},
		}
		width := rapid.IntRange(4, 200).Draw(t, "width")
		for _, line := range s.Block(width) {
			if w := runewidth.StringWidth(line); w >= width {
				t.Fatalf("%q is %d wide, of %d", line, w, width)
			}
		}
	})
}

func TestLine(t *testing.T) {
	at := time.Now()
	s := Snapshot{Share: 0.4321, Rows: 1234567, At: at, Last: Batch{5000, 243 * time.Millisecond}, Pace: Pace{RowsPerSecond: 21300, Left: 134 * time.Second}}
	if got, want := s.Line(), "43.2 %, 1,234,567 rows changed, 21,300 rows/s, batches of 5,000 rows in 243 ms, 2 min 14 s left"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	s.Reason, s.Since, s.Bad, s.Guessed, s.Retries = "replica db2 is behind", at.Add(-12*time.Second), 1, true, map[string]int64{"timeout": 2}
	if got, want := s.Line(), "about 43.2 %, 1,234,567 rows changed, batches of 5,000 rows in 243 ms, 2 retries, 1 bad row passed over; waits for 12 s: replica db2 is behind"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestMetrics(t *testing.T) {
	at := time.Now()
	s := Snapshot{Job: `a"b`, At: at, Began: at.Add(-time.Minute), Rows: 900, Share: 0.5, Reason: "x", Retries: map[string]int64{"timeout": 3}}
	var out strings.Builder
	if err := s.Metrics(&out, "running", []string{"collision", "timeout"}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`safemig_backfill_rows_total{job="a\"b"} 900`, `safemig_backfill_progress_ratio{job="a\"b"} 0.5`, `safemig_backfill_seconds{job="a\"b"} 60`,
		`safemig_backfill_throttled{job="a\"b"} 1`, `safemig_backfill_retries_total{job="a\"b",fault="collision"} 0`,
		`safemig_backfill_retries_total{job="a\"b",fault="timeout"} 3`, `safemig_backfill_state{job="a\"b",state="running"} 1`,
		"# TYPE safemig_backfill_rows_total counter",
	} {
		if !strings.Contains(out.String(), line+"\n") {
			t.Errorf("%s is missing in\n%s", line, out.String())
		}
	}
}
