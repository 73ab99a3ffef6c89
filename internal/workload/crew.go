package workload

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// Traffic is what goes on in a database.
type Traffic struct {
	DB       *livedb.DB
	Meter    *Meter
	Ledger   *Ledger
	Sessions int     // of one version of the application
	Rate     float64 // statements a second of one version
	numbers  atomic.Int64
}

// NewTraffic begins its numbers at one that no row has.
func NewTraffic(db *livedb.DB, sessions int, rate float64, first int64) *Traffic {
	t := &Traffic{DB: db, Meter: NewMeter(), Ledger: NewLedger(), Sessions: sessions, Rate: rate}
	t.numbers.Store(first)
	return t
}

// Crew are the sessions of one version of the application.
type Crew struct {
	stop  chan struct{}
	ended sync.WaitGroup
}

// Start lets a version of the application in.
func (t *Traffic) Start(ctx context.Context, a *App) *Crew {
	c := &Crew{stop: make(chan struct{})}
	if a.Empty() {
		return c
	}
	interval := time.Duration(float64(t.Sessions) / t.Rate * float64(time.Second))
	t.Meter.expect(a.Side, interval)
	for n := range t.Sessions {
		s := &session{db: t.DB, meter: t.Meter, ledger: t.Ledger, count: &t.numbers}
		c.ended.Go(func() {
			defer s.close()
			c.work(ctx, s, a, interval, interval*time.Duration(n)/time.Duration(t.Sessions))
		})
	}
	return c
}

// Stop lets each session end its statement.
func (c *Crew) Stop() {
	if c == nil {
		return
	}
	select {
	case <-c.stop:
	default:
		close(c.stop)
	}
	c.ended.Wait()
}

// work sends a statement each interval. What could not be sent because the one before
// took so long is not made up for: the meter counts it as having waited.
func (c *Crew) work(ctx context.Context, s *session, a *App, interval, offset time.Duration) {
	next := time.Now().Add(offset)
	for {
		select {
		case <-c.stop:
			return
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
		}
		err := s.once(ctx, a.some())
		if ctx.Err() != nil {
			return
		}
		if err != nil && !told(err) {
			s.meter.lap(s.kind, s.meter.Now(), err)
		}
		if next = next.Add(interval); next.Before(time.Now()) {
			next = time.Now()
		}
	}
}

// some is a kind of statement, each as often as its weight says.
func (a *App) some() *kind {
	n := rand.IntN(a.total)
	for _, k := range a.kinds {
		if n -= k.weight; n < 0 {
			return k
		}
	}
	return a.kinds[len(a.kinds)-1]
}
