package throttle

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestClockJumps: the clock is set by hours, forward and back, and does not tell.
// Windows are kept whatever it says; a rate's wait is never longer than what is owed;
// a reading or a lag is never taken for fresher than it is.
func TestClockJumps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		w, err := ParseWindow("22:00-06:00 UTC")
		if err != nil {
			t.Fatal(err)
		}
		s := &seat{reading: Reading{Text: "fine"}}
		g := &Governor{config: Config{Stale: 15 * time.Second, Windows: []Window{w}, Now: func() time.Time { return now }}, rate: bucket{rate: 1000}}
		tr := &trail{clock: g.now}
		s.signal, g.seats = file{"f"}, []*seat{s}
		pos := int64(0)
		s.at = now
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0: // the clock is set
				now = now.Add(time.Duration(rapid.Int64Range(-int64(30*time.Hour), int64(30*time.Hour)).Draw(t, "jump")))
			case 1:
				step := time.Duration(rapid.Int64Range(0, int64(20*time.Second)).Draw(t, "step"))
				now = now.Add(step)
			case 2:
				s.at, pos = now, pos+1
				tr.add(now, pos)
			case 3:
				g.rate.spend(now, rapid.Int64Range(0, 500).Draw(t, "rows"))
				if owed := g.rate.owed(now); owed < 0 || owed > 200*500*time.Millisecond {
					t.Fatalf("%s are owed", owed)
				}
			}
			held := g.held(now)
			if !w.Open(now) && held == "" {
				t.Fatalf("at %s it runs outside of its window", now)
			}
			if l := s.line(now, g.config.Stale); l.Age < 0 {
				t.Fatalf("a reading is %s old", l.Age)
			}
			if lag, _, err := tr.lag(now, pos-1, time.Minute); err == nil && lag < 0 {
				t.Fatalf("a lag of %s", lag)
			}
			if rate, err := tr.rate(now, 5*time.Second); err == nil && rate < 0 {
				t.Fatalf("a rate of %v", rate)
			}
		}
	})
}

// TestClockSetBack: what was read before is no longer known to be fresh, and a lag
// is counted anew.
func TestClockSetBack(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	g := seated(now, &seat{reading: Reading{Text: "fine"}})
	if got, want := g.held(now.Add(-time.Hour)), "the throttle file is not known: the clock was set back since it was last read"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var tr trail
	tr.add(now, 100)
	tr.add(now.Add(time.Second), 200)
	back := now.Add(-time.Hour)
	tr.add(back, 300)
	if lag, old, err := tr.lag(back.Add(7*time.Second), 100, time.Minute); err != nil || lag != 7*time.Second || !old {
		t.Errorf("%s, %t, %v", lag, old, err)
	}
}
