package progress

import (
	"slices"
	"time"
)

const (
	rateOver = 10 * time.Second
	leftOver = 5 * time.Minute
	// Before either, how long the work takes is anybody's guess.
	leastShare = 0.01
	leastTime  = 10 * time.Second
)

// Meter measures the pace of work that is looked at now and then.
type Meter struct {
	began   time.Time
	samples []sample
}

type sample struct {
	at    time.Time
	rows  int64
	share float64
}

// Add hears how far the work is.
func (m *Meter) Add(at time.Time, rows int64, share float64) {
	if n := len(m.samples); n > 0 && at.Before(m.samples[n-1].at) {
		m.samples = nil // the clock was set back: what was before tells no pace
	}
	if len(m.samples) == 0 {
		m.began = at
	}
	m.samples = append(m.samples, sample{at, rows, share})
	old := slices.IndexFunc(m.samples, func(s sample) bool { return at.Sub(s.at) <= leftOver })
	m.samples = slices.Delete(m.samples, 0, old)
}

// Pace is how fast it goes.
func (m *Meter) Pace() Pace {
	p := Pace{Left: -1}
	if len(m.samples) < 2 {
		return p
	}
	last := m.samples[len(m.samples)-1]
	recent := m.samples[slices.IndexFunc(m.samples, func(s sample) bool { return last.at.Sub(s.at) <= rateOver })]
	if t := last.at.Sub(recent.at).Seconds(); t > 0 {
		p.RowsPerSecond = float64(last.rows-recent.rows) / t
	}
	p.Left = m.left(last)
	return p
}

func (m *Meter) left(last sample) time.Duration {
	first := m.samples[0]
	t := last.at.Sub(first.at)
	gained := last.share - first.share
	if last.share < leastShare || last.at.Sub(m.began) < leastTime || gained <= 0 || last.share >= 1 {
		return -1
	}
	seconds := t.Seconds() * (1 - last.share) / gained
	if seconds > (365 * 24 * time.Hour).Seconds() {
		return -1
	}
	return time.Duration(seconds * float64(time.Second))
}
