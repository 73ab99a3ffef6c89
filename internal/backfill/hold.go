package backfill

import (
	"context"
	"time"
)

// hold waits while the run may not go on.
func (r *Run) hold(ctx context.Context) error {
	told := ""
	for {
		reason, err := r.why(ctx)
		if err != nil {
			return err
		}
		if reason != told {
			r.tell(reason)
			told = reason
		}
		if reason == "" {
			return nil
		}
		if err := r.nap(ctx, holdLook); err != nil {
			return err
		}
	}
}

// why is the reason that the next batch must wait for.
func (r *Run) why(ctx context.Context) (string, error) {
	select {
	case <-r.stop:
		return "", ErrStopped
	case <-ctx.Done():
		return "", ctx.Err()
	default:
	}
	switch r.control.asked() {
	case Paused:
		return "paused; safemig backfill resume " + r.job.Name + " goes on", nil
	case Cancelled:
		return "", ErrCancelled
	}
	return r.brake.Reason(), nil
}

// holdLook is how soon a run that waits hears what is asked of it.
const holdLook = 250 * time.Millisecond

// nap waits for a time, unless the run is to stop.
func (r *Run) nap(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-r.stop:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// idle waits for a time between batches, or until something is asked of the run:
// hold comes next, and does as it is told.
func (r *Run) idle(ctx context.Context, d time.Duration) error {
	for until := time.Now().Add(d); !r.wanted(); {
		left := time.Until(until)
		if left <= 0 {
			return nil
		}
		if err := r.nap(ctx, min(left, holdLook)); err != nil {
			return err
		}
	}
	return nil
}

// wanted says whether the run is to wait or to end, as others ask.
func (r *Run) wanted() bool {
	state := r.control.asked()
	return state == Paused || state == Cancelled
}
