package backfill

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Work does what is left of the job.
func (r *Run) Work(ctx context.Context) error {
	if r.record.State == Done {
		return nil
	}
	err := r.workers(ctx)
	return errors.Join(err, r.finish(context.WithoutCancel(ctx), err))
}

func (r *Run) workers(ctx context.Context) error {
	attending, end := context.WithCancel(ctx)
	var attend, group sync.WaitGroup
	attend.Go(func() { r.attend(attending) })
	errs := make([]error, max(r.options.Workers, 1))
	for i := range errs {
		group.Go(func() {
			if errs[i] = r.worker(ctx); errs[i] != nil {
				r.Stop() // the others end with their batch
			}
		})
	}
	group.Wait()
	end()
	attend.Wait()
	return worst(errs)
}

// worst is what ended the run: that others were asked to stop is only told where
// nothing else was the matter.
func worst(errs []error) error {
	var out, stopped error
	for _, err := range errs {
		if errors.Is(err, ErrStopped) {
			stopped = err
		} else {
			out = errors.Join(out, err)
		}
	}
	if out == nil {
		return stopped
	}
	return out
}

func (r *Run) worker(ctx context.Context) error {
	w := &worker{Run: r}
	defer w.close()
	if err := w.open(ctx); err != nil {
		if err := w.recover(ctx, nil, err, 1); err != nil {
			return err
		}
	}
	for {
		l, err := w.leaseAgain(ctx)
		if err != nil {
			return err
		}
		switch {
		case l != nil:
			err = w.walk(ctx, l)
			w.release(l)
		case !r.lanes.left():
			return nil
		default:
			err = w.hold(ctx) // others are at the last lanes
			if err == nil {
				err = r.nap(ctx, holdLook)
			}
		}
		if err != nil {
			return err
		}
	}
}

// leaseAgain leases a lane, however often that takes.
func (w *worker) leaseAgain(ctx context.Context) (*Lane, error) {
	for {
		l, err := w.lease(ctx)
		if err == nil {
			if l == nil {
				w.went()
			}
			return l, nil
		}
		if err := w.again(ctx, nil, err); err != nil {
			return nil, err
		}
		if err := w.hold(ctx); err != nil {
			return nil, err
		}
	}
}

// finishTime is how long the end of a run waits for a server that is away.
const finishTime = 20 * time.Second

// askOnce: what was asked for just now counts.
func (r *Run) askOnce(ctx context.Context) {
	r.control.mu.Lock()
	defer r.control.mu.Unlock()
	r.beatOnce(ctx)
}

// finish writes how the run ended.
func (r *Run) finish(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(ctx, finishTime)
	defer cancel()
	r.askOnce(ctx)
	switch {
	case err == nil:
		r.record.State, r.record.Reason = Done, ""
	case errors.Is(err, ErrCancelled), errors.Is(err, errTaken):
		return nil
	case r.control.asked() == Paused:
		r.record.State = Paused
	default:
		r.record.State, r.record.Reason = Stopped, r.lastWords(err)
	}
	for try := 1; ; try++ {
		err := r.writeEnd(ctx)
		if err == nil || r.flavour.fault(err) == Fatal || sleep(ctx, pause(try)) != nil {
			return err
		}
	}
}

// lastWords say why the run ended, and what it waited for then.
func (r *Run) lastWords(err error) string {
	if why := r.control.why(); why != "" && errors.Is(err, ErrStopped) {
		return "it waited: " + why
	}
	return err.Error()
}

// writeEnd comes back first where the session that holds the lock was lost.
func (r *Run) writeEnd(ctx context.Context) error {
	if err := r.relock(ctx); err != nil {
		return err
	}
	r.control.mu.Lock()
	defer r.control.mu.Unlock()
	return r.store.setState(ctx, r.control.conn, r.record)
}
