package throttle

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestRateIsHeld: batches that run whenever they may, by any number of workers,
// change as many rows in 10 s as the limit says, within 2 %.
func TestRateIsHeld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Int64Range(100, 1_000_000).Draw(t, "rate")
		workers := rapid.IntRange(1, 8).Draw(t, "workers")
		b := bucket{rate: float64(rate)}
		begin := time.Now()
		ends := begin.Add(10 * time.Second)
		now, total := begin, int64(0)
		b.spend(now, 0)
		for now.Before(ends) {
			if owed := b.owed(now); owed > 0 {
				now = now.Add(owed + time.Duration(rapid.IntRange(0, 2_000_000).Draw(t, "late")))
				continue
			}
			for range workers {
				rows := rapid.Int64Range(1, MostRows(rate, workers)).Draw(t, "rows")
				b.spend(now, rows)
				total += rows
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 1_000_000).Draw(t, "took")))
		}
		most := float64(rate) * 10 * 1.02
		if float64(total) > most {
			t.Fatalf("%d rows in 10 s at %d rows/s", total, rate)
		}
		if float64(total) < float64(rate)*10*0.98 {
			t.Fatalf("only %d rows in 10 s at %d rows/s", total, rate)
		}
	})
}

// TestRateIsReached, in real time, by way of the brake.
func TestRateIsReached(t *testing.T) {
	const rate, lasts = 50_000, 3 * time.Second
	g := &Governor{rate: bucket{rate: rate}}
	g.Spent(0, 0)
	began, rows := time.Now(), int64(0)
	for time.Since(began) < lasts {
		if reason := g.Reason(); reason != "" {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		n := MostRows(rate, 1)
		g.Spent(n, 0)
		rows += n
	}
	got := float64(rows) / time.Since(began).Seconds() / rate
	if got < 0.94 || got > 1.06 { // one batch of 3 s is 3 %
		t.Errorf("%.3f of the limit", got)
	}
}

func TestRateSaysWhy(t *testing.T) {
	g := &Governor{rate: bucket{rate: 1000}}
	if r := g.Reason(); r != "" {
		t.Errorf("nothing was spent: %s", r)
	}
	g.Spent(7500, 0)
	if r, want := g.Reason(), "the rate limit of 1,000 rows/s is used up; goes on in 7.5 s"; r != want {
		t.Errorf("%q, want %q", r, want)
	}
}

// TestNothingIsSavedWhileHeld: after an hour's pause no hour's worth of rows is let through.
func TestNothingIsSavedWhileHeld(t *testing.T) {
	b := bucket{rate: 1000}
	now := time.Now()
	b.spend(now, 1000)
	now = now.Add(time.Hour)
	b.spend(now, 1200)
	if owed := b.owed(now); owed != time.Second {
		t.Errorf("%s is owed, not 1 s", owed)
	}
	now = now.Add(-time.Minute) // no clock of ours goes back, but none may free or charge anything
	if owed := b.owed(now); owed != time.Second {
		t.Errorf("%s is owed after the clock went back, not 1 s", owed)
	}
}
