package backfill

import (
	"slices"
	"sync"
	"time"
)

// servo sizes batches by the time they take: the slowest of ten of the last ones
// is what it goes by. Workers share one.
type servo struct {
	mu       sync.Mutex
	o        *Options
	size     int64
	most     int64     // rows of a batch
	perRow   []float64 // seconds, of the last batches
	occasion int       // next place of perRow
}

// window is how many batches are remembered.
const window = 10

func newServo(o *Options) *servo {
	return &servo{o: o, most: o.MaxRows, size: min(max(o.StartRows, o.MinRows), o.MaxRows)}
}

// fewRows: a batch of so few is over before anybody notices, whatever share of the
// table they are.
const fewRows = 100

// mostRows is how many rows a batch may have: no more than a share of the table's,
// since whoever writes one of them waits for its end. That costs some hundred
// batches more, however many rows there are.
func mostRows(o *Options, t *Table) int64 {
	if o.MaxShare <= 0 || o.MaxShare >= 1 {
		return o.MaxRows
	}
	all := 0.0
	for i := range t.Parts {
		all += workOf(&t.Parts[i])
	}
	return max(min(o.MaxRows, max(int64(all*o.MaxShare), fewRows)), o.MinRows)
}

// among fits batches to the table.
func (s *servo) among(t *Table) *servo {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most = mostRows(s.o, t)
	s.resize(float64(s.size))
	return s
}

func (s *servo) rows() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size
}

// took learns from a batch that was done: batches grow by half at most, and shrink
// at once where one took five times as long as it should.
func (s *servo) took(walked int64, took time.Duration) {
	if walked < 1 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	target := s.o.ChunkTime.Seconds()
	if took > 5*s.o.ChunkTime {
		s.perRow, s.occasion = nil, 0
		s.resize(float64(min(s.size, walked)) * target / took.Seconds())
		return
	}
	s.remember(took.Seconds() / float64(walked))
	if walked < s.size/2 {
		return // the end of a range: it tells little of a batch of full size
	}
	s.resize(min(target/max(s.p90(), 1e-9), 1.5*float64(s.size)))
}

func (s *servo) remember(perRow float64) {
	if len(s.perRow) < window {
		s.perRow = append(s.perRow, perRow)
		return
	}
	s.perRow[s.occasion%window] = perRow
	s.occasion++
}

func (s *servo) p90() float64 {
	sorted := slices.Sorted(slices.Values(s.perRow))
	return sorted[(len(sorted)-1)*9/10]
}

// halve is for a batch that the server gave up on.
func (s *servo) halve() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.perRow, s.occasion = nil, 0
	s.resize(float64(s.size) / 2)
}

func (s *servo) resize(to float64) {
	s.size = min(max(int64(to), s.o.MinRows), s.most)
}
