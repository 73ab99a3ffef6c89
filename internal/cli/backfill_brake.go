package cli

import (
	"sync"
	"time"

	"github.com/safemig/safemig/internal/backfill"
)

// patience ends a run whose brake holds for too long.
type patience struct {
	brake backfill.Brake
	most  time.Duration // 0: without end

	mu           sync.Mutex
	stop         func()
	since, asked time.Time // since when it holds, and when that was last asked
	over         string
}

// askedOften: while a run may not go on, it asks several times a second. Where it
// has not, it was paused.
const askedOften = 3 * time.Second

func (p *patience) begin(stop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stop = stop
}

// Reason is the brake's.
func (p *patience) Reason() string {
	reason := p.brake.Reason()
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	switch {
	case reason == "":
		p.since = time.Time{}
	case p.since.IsZero() || now.Sub(p.asked) > askedOften:
		p.since = now
	case p.most > 0 && now.Sub(p.since) > p.most && p.over == "":
		p.over = reason
		p.stop()
	}
	p.asked = now
	return reason
}

// Spent tells the brake.
func (p *patience) Spent(rows int64, took time.Duration) { p.brake.Spent(rows, took) }

// exceeded is the reason that has held for too long; empty where none has.
func (p *patience) exceeded() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}
