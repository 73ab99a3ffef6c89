package workload

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Meter keeps how long each statement took. Its clock begins when it is made. It is safe
// for concurrent use.
type Meter struct {
	began    time.Time
	mu       sync.Mutex
	laps     []lap
	failures map[failKey]*Failure
	interval map[string]time.Duration // by side: what a session leaves between two statements
}

// lap is one statement.
type lap struct {
	kind     *kind // nil: of the control session
	from, to time.Duration
	failed   bool
}

type failKey struct {
	kind  *kind
	error string
}

// Failure is an error that statements of a kind met.
type Failure struct {
	Side, Kind, Error string
	Count             int
	First             time.Duration // when it came first
}

// NewMeter is one whose clock begins now.
func NewMeter() *Meter {
	return &Meter{began: time.Now(), failures: map[failKey]*Failure{}, interval: map[string]time.Duration{}}
}

// Now is the time on its clock.
func (m *Meter) Now() time.Duration { return time.Since(m.began) }

func (m *Meter) expect(side string, interval time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.interval[side] = interval
}

func (m *Meter) lap(k *kind, from time.Duration, err error) {
	to := m.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.laps = append(m.laps, lap{kind: k, from: from, to: to, failed: err != nil})
	if err == nil || k == nil {
		return
	}
	key := failKey{k, failure(err)}
	f := m.failures[key]
	if f == nil {
		f = &Failure{Side: k.side, Kind: k.name, Error: key.error, First: from}
		m.failures[key] = f
	}
	f.Count++
}

// sampled keeps the first statement of a kind for the report.
func (m *Meter) sampled(k *kind, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k.sample == "" {
		k.sample = text
	}
}

// Failures are all errors, the first one first.
func (m *Meter) Failures() []Failure {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Failure
	for _, f := range m.failures {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Side+a.Kind+a.Error, b.Side+b.Kind+b.Error))
	})
	return out
}

// Latency is how long statements of a kind took.
type Latency struct {
	Side, Kind        string // empty: of all kinds
	Write             bool
	Count, Failed     int
	P50, P99, Longest time.Duration
}

// Between is how long the statements took that were under way at some time between two
// moments: all of them together, and then each kind.
func (m *Meter) Between(from, to time.Duration) (all Latency, kinds []Latency) {
	m.mu.Lock()
	defer m.mu.Unlock()
	byKind := map[*kind][]lap{}
	var every []lap
	for _, l := range m.laps {
		if l.kind == nil || l.to < from || l.from > to {
			continue
		}
		byKind[l.kind] = append(byKind[l.kind], l)
		every = append(every, l)
	}
	for k, laps := range byKind {
		one := m.latency(laps)
		one.Side, one.Kind, one.Write = k.side, k.name, k.write
		kinds = append(kinds, one)
	}
	slices.SortFunc(kinds, func(a, b Latency) int { return cmp.Or(-cmp.Compare(a.Side, b.Side), cmp.Compare(a.Kind, b.Kind)) })
	return m.latency(every), kinds
}

// latency sums up. A statement that took longer than what a session leaves between two
// kept those back which would have been sent meanwhile: each counts as having waited
// from when it was due, else the quantiles would tell of those alone that were sent.
// https://github.com/HdrHistogram/HdrHistogram#corrected-vs-raw-value-recording-calls
func (m *Meter) latency(laps []lap) Latency {
	out := Latency{Count: len(laps)}
	var times []time.Duration
	for _, l := range laps {
		took := l.to - l.from
		out.Longest = max(out.Longest, took)
		if l.failed {
			out.Failed++
			continue
		}
		times = append(times, took)
		for every := m.interval[l.kind.side]; every > 0 && took > every; {
			took -= every
			times = append(times, took)
		}
	}
	slices.Sort(times)
	out.P50, out.P99 = quantile(times, 0.5), quantile(times, 0.99)
	return out
}

func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(float64(len(sorted))*q), len(sorted)-1)]
}

// Control is the longest that the control session had to wait between two moments.
func (m *Meter) Control(from, to time.Duration) (longest time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.laps {
		if l.kind == nil && l.to >= from && l.from <= to {
			longest = max(longest, l.to-l.from)
		}
	}
	return longest
}

// Bucket is a stretch of time with the longest that statements took which began in it.
type Bucket struct {
	From, To      time.Duration
	Reads, Writes time.Duration
	Failed        int
}

// Buckets cut the time until a moment into stretches.
func (m *Meter) Buckets(until, width time.Duration) []Bucket {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := int((until + width - 1) / width)
	out := make([]Bucket, n)
	for i := range out {
		out[i].From, out[i].To = time.Duration(i)*width, min(time.Duration(i+1)*width, until)
	}
	for _, l := range m.laps {
		i := int(l.from / width)
		if l.kind == nil || i >= n {
			continue
		}
		b, took := &out[i], l.to-l.from
		switch {
		case l.failed:
			b.Failed++
		case l.kind.write:
			b.Writes = max(b.Writes, took)
		default:
			b.Reads = max(b.Reads, took)
		}
	}
	return out
}
