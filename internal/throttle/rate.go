package throttle

import (
	"fmt"
	"math"
	"sync"
	"time"
)

// bucket is a limit of rows per second. Rows are paid for after they were
// changed: what is owed is waited for before the next batch.
type bucket struct {
	mu   sync.Mutex
	rate float64 // rows per second; 0: no limit
	free float64 // rows that may be changed now; below zero: owed
	at   time.Time
}

// Within what is saved while nothing runs, and the wait that a batch does
// without being said to be held, the rate is exact.
const (
	saved     = 200 * time.Millisecond
	shortWait = 250 * time.Millisecond
)

// fill adds what time has brought.
func (b *bucket) fill(now time.Time) {
	if !b.at.IsZero() {
		b.free = min(b.free+b.rate*max(0, now.Sub(b.at).Seconds()), b.rate*saved.Seconds())
	}
	b.at = now
}

func (b *bucket) spend(now time.Time, rows int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rate <= 0 {
		return
	}
	b.fill(now)
	b.free -= float64(rows)
}

// owed is how long the next batch has to wait.
func (b *bucket) owed(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rate <= 0 {
		return 0
	}
	b.fill(now)
	if b.free >= 0 {
		return 0
	}
	return time.Duration(math.Ceil(-b.free / b.rate * float64(time.Second)))
}

func (b *bucket) reason(now time.Time) string {
	owed := b.owed(now)
	if owed <= 0 {
		return ""
	}
	return fmt.Sprintf("the rate limit of %s rows/s is used up; goes on in %s", asCount(b.rate), inSeconds(owed.Seconds()))
}

// MostRows is how many rows a batch may have so that a limit of rows per second
// is held evenly: a tenth of a second's share of each worker.
func MostRows(perSecond int64, workers int) int64 {
	return max(1, perSecond/10/int64(max(1, workers)))
}
