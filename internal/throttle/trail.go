package throttle

import (
	"errors"
	"sort"
	"sync"
	"time"
)

// trail remembers when the server reached which position: of its WAL, or of our
// own heartbeat. So a replica's lag is known from its position alone, also when
// it stands still, and no clock of another machine is asked.
type trail struct {
	clock  func() time.Time
	mu     sync.Mutex
	points []point
	seen   time.Time // the last sample, which is no point where nothing was written
	began  time.Time
}

type point struct {
	at  time.Time
	pos int64
}

// trailLength: a replica that is further behind than this is said to be this far behind.
const trailLength = 30 * time.Minute

func (t *trail) add(now time.Time, pos int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(t.points)
	// Another server answers now, or the clock was set back: times in the future
	// would make every lag none.
	if n > 0 && (pos < t.points[n-1].pos || now.Before(t.seen)) {
		t.points, n = nil, 0
	}
	if n == 0 {
		t.began = now
	}
	t.seen = now
	if n == 0 || pos > t.points[n-1].pos {
		t.points = append(t.points, point{now, pos})
	}
	if len(t.points) > 1 && now.Sub(t.points[1].at) > trailLength {
		t.points = t.points[1:]
	}
}

var errNoTrail = errors.New("where the primary is was not read")

// lag is how long ago the server went beyond a position. old: it did so before
// anybody looked, so that it may be more.
func (t *trail) lag(now time.Time, pos int64, stale time.Duration) (lag time.Duration, old bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.points) == 0 || now.Sub(t.seen).Abs() > stale {
		return 0, false, errNoTrail
	}
	i := sort.Search(len(t.points), func(i int) bool { return t.points[i].pos > pos })
	if i == len(t.points) {
		return 0, false, nil
	}
	return max(0, now.Sub(t.points[i].at)), i == 0, nil
}

// rate is how fast the position went on in the last while, per second.
func (t *trail) rate(now time.Time, while time.Duration) (float64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.points) == 0 || t.seen.Sub(t.began) <= 0 || now.Sub(t.seen).Abs() > while {
		return 0, errNoTrail
	}
	from := t.seen.Add(-while)
	i := sort.Search(len(t.points), func(i int) bool { return t.points[i].at.After(from) }) - 1
	first := point{t.began, t.points[0].pos}
	if i >= 0 {
		first = point{from, t.points[i].pos}
	}
	return float64(t.points[len(t.points)-1].pos-first.pos) / t.seen.Sub(first.at).Seconds(), nil
}
