package backfill

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestIdle: whoever waits hears at once of a stop, and soon of what else is asked.
func TestIdle(t *testing.T) {
	const long, soon = time.Minute, 20 * holdLook
	for name, c := range map[string]struct {
		ask  func(*Run)
		want error
	}{
		"pause":  {func(r *Run) { r.control.state.Store(Paused) }, nil},
		"cancel": {func(r *Run) { r.control.state.Store(Cancelled) }, nil},
		"stop":   {(*Run).Stop, ErrStopped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &Run{stop: make(chan struct{})}
			r.control.state.Store(Running)
			time.AfterFunc(20*time.Millisecond, func() { c.ask(r) })
			began := time.Now()
			if err := r.idle(context.Background(), long); !errors.Is(err, c.want) || err != nil && c.want == nil {
				t.Errorf("%v, not %v", err, c.want)
			}
			if took := time.Since(began); took > soon {
				t.Errorf("it took %s", took)
			}
		})
	}
	r := &Run{stop: make(chan struct{})}
	began := time.Now()
	if err := r.idle(context.Background(), holdLook+50*time.Millisecond); err != nil || time.Since(began) < holdLook {
		t.Errorf("nothing was asked: %v after %s", err, time.Since(began))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.idle(ctx, long); !errors.Is(err, context.Canceled) {
		t.Errorf("it was aborted: %v", err)
	}
}
