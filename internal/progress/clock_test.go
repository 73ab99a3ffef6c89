package progress

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestPaceWhileTheClockJumps: no pace is negative, no time left is beyond reason, and
// soon after the last jump the pace is right again.
func TestPaceWhileTheClockJumps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now, rows, share := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), int64(0), 0.0
		var m Meter
		step := func() {
			now, rows, share = now.Add(time.Second), rows+1000, share+0.001
			m.Add(now, rows, share)
			p := m.Pace()
			if p.RowsPerSecond < 0 || p.Left < -1 || p.Left > 365*24*time.Hour {
				t.Fatalf("%+v", p)
			}
		}
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			if rapid.IntRange(0, 4).Draw(t, "jumps") == 0 {
				now = now.Add(time.Duration(rapid.Int64Range(-int64(30*time.Hour), int64(30*time.Hour)).Draw(t, "by")))
			}
			step()
		}
		for range 12 {
			step()
		}
		if p := m.Pace(); p.RowsPerSecond < 999 || p.RowsPerSecond > 1001 {
			t.Errorf("%v rows/s", p.RowsPerSecond)
		}
	})
}
