package workload

import (
	"errors"
	"slices"
	"testing"
	"time"
)

const ms = time.Millisecond

// metered is a meter that has seen laps.
func metered(laps ...lap) *Meter {
	m := NewMeter()
	m.laps = laps
	return m
}

var ( // kinds are told apart by where they are
	reading  = &kind{side: "old", name: "read orders"}
	writing  = &kind{side: "old", name: "insert orders", write: true}
	newKinds = &kind{side: "new", name: "read orders"}
)

// repeated are statements of a kind, one after the other, that took so long each.
func repeated(k *kind, n int, took time.Duration) (out []lap) {
	for i := range n {
		out = append(out, lap{kind: k, from: time.Duration(i) * took, to: time.Duration(i+1) * took})
	}
	return out
}

func TestLatency(t *testing.T) {
	for _, c := range []struct {
		title    string
		interval time.Duration
		laps     []lap
		want     Latency
	}{
		{"nothing", 0, nil, Latency{}},
		{"one", 0, repeated(reading, 1, 5*ms), Latency{Count: 1, P50: 5 * ms, P99: 5 * ms, Longest: 5 * ms}},
		{"two", 0, []lap{{reading, 0, 1 * ms, false}, {reading, 0, 3 * ms, false}}, Latency{Count: 2, P50: 3 * ms, P99: 3 * ms, Longest: 3 * ms}},
		{"one in a hundred is slow", 0, append(repeated(reading, 99, 1*ms), lap{reading, 0, 50 * ms, false}), Latency{Count: 100, P50: 1 * ms, P99: 50 * ms, Longest: 50 * ms}},
		{"one in two hundred is slow", 0, append(repeated(reading, 199, 1*ms), lap{reading, 0, 50 * ms, false}), Latency{Count: 200, P50: 1 * ms, P99: 1 * ms, Longest: 50 * ms}},
		// One statement of 100 ms where one is due each 10 ms: 100, 90, .. 10 beside three of 1 ms.
		{"those that it kept back count", 10 * ms, append(repeated(reading, 3, 1*ms), lap{reading, 0, 100 * ms, false}), Latency{Count: 4, P50: 40 * ms, P99: 100 * ms, Longest: 100 * ms}},
		{"as long as the interval keeps nobody back", 10 * ms, repeated(reading, 4, 10*ms), Latency{Count: 4, P50: 10 * ms, P99: 10 * ms, Longest: 10 * ms}},
		{"a failed one has no quantile", 0, append(repeated(reading, 3, 1*ms), lap{reading, 0, 70 * ms, true}), Latency{Count: 4, Failed: 1, P50: 1 * ms, P99: 1 * ms, Longest: 70 * ms}},
		{"all failed", 0, []lap{{reading, 0, 2 * ms, true}}, Latency{Count: 1, Failed: 1, Longest: 2 * ms}},
	} {
		m := metered(c.laps...)
		m.expect("old", c.interval)
		if got := m.latency(c.laps); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.title, got, c.want)
		}
	}
}

func TestBetween(t *testing.T) {
	m := metered(lap{reading, 0, 10 * ms, false}, lap{reading, 10 * ms, 100 * ms, false}, lap{writing, 40 * ms, 60 * ms, false}, lap{newKinds, 50 * ms, 51 * ms, true},
		lap{nil, 0, 45 * ms, false}, lap{nil, 45 * ms, 52 * ms, false}, lap{reading, 200 * ms, 900 * ms, false})
	for _, c := range []struct {
		from, to      time.Duration
		count, failed int
		longest       time.Duration
		kinds         []string
		control       time.Duration
	}{
		{0, 5 * ms, 1, 0, 10 * ms, []string{"old read orders"}, 45 * ms},
		{50 * ms, 55 * ms, 3, 1, 90 * ms, []string{"old insert orders", "old read orders", "new read orders"}, 7 * ms}, // 90 ms: it had begun before, and waited
		{110 * ms, 150 * ms, 0, 0, 0, nil, 0},
		{150 * ms, 210 * ms, 1, 0, 700 * ms, []string{"old read orders"}, 0},
	} {
		all, kinds := m.Between(c.from, c.to)
		var names []string
		for _, k := range kinds {
			names = append(names, k.Side+" "+k.Kind)
		}
		if all.Count != c.count || all.Failed != c.failed || all.Longest != c.longest || !slices.Equal(names, c.kinds) {
			t.Errorf("%s to %s: %+v, %v", c.from, c.to, all, names)
		}
		if got := m.Control(c.from, c.to); got != c.control {
			t.Errorf("%s to %s: the control session waited %s, want %s", c.from, c.to, got, c.control)
		}
	}
}

func TestBuckets(t *testing.T) {
	m := metered(lap{reading, 0, 4 * ms, false}, lap{reading, 9 * ms, 30 * ms, false}, lap{writing, 10 * ms, 12 * ms, false}, lap{writing, 15 * ms, 16 * ms, true},
		lap{nil, 10 * ms, 90 * ms, false}, lap{reading, 24 * ms, 25 * ms, false}, lap{reading, 40 * ms, 41 * ms, false})
	want := []Bucket{{0, 10 * ms, 21 * ms, 0, 0}, {10 * ms, 20 * ms, 0, 2 * ms, 1}, {20 * ms, 25 * ms, 1 * ms, 0, 0}}
	if got := m.Buckets(25*ms, 10*ms); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := m.Buckets(0, 10*ms); len(got) != 0 {
		t.Errorf("no time: %+v", got)
	}
}

func TestFailures(t *testing.T) {
	m := NewMeter()
	m.lap(reading, 3*ms, errors.New("late"))
	m.lap(writing, 1*ms, errors.New("early"))
	m.lap(reading, 5*ms, errors.New("late"))
	m.lap(nil, 0, errors.New("the control session's is no application's"))
	want := []Failure{{"old", "insert orders", "early", 1, 1 * ms}, {"old", "read orders", "late", 2, 3 * ms}}
	if got := m.Failures(); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
