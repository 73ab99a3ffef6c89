package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// control is the session that holds the job's lock, and what is asked of the run
// from elsewhere.
type control struct {
	mu      sync.Mutex
	conn    *sql.Conn
	backend string
	locked  bool
	state   atomic.Value // State, as others set it
	reason  atomic.Value // string: why the run waits
}

// ErrStopped, ErrCancelled end a run before its work is done; it can be gone on with.
var (
	ErrStopped   = errors.New("stopped")
	ErrCancelled = errors.New("the job was cancelled")
)

// BusyError says that another runner has the job.
type BusyError struct{ Job, Runner string }

func (e *BusyError) Error() string {
	if e.Runner == "" {
		return fmt.Sprintf("another runner is at the job %s", e.Job)
	}
	return fmt.Sprintf("the job %s is being run already, by %s", e.Job, e.Runner)
}

func (r *Run) openControl(ctx context.Context) error {
	c, err := r.db.Session(ctx)
	if err != nil {
		return err
	}
	r.control.conn = c
	if err = r.flavour.settle(ctx, c, &r.options); err != nil {
		return fmt.Errorf("preparing a session: %w", err)
	}
	r.control.backend, err = r.flavour.backend(ctx, c)
	return err
}

// lock waits a moment for a runner that was killed just now: its server may not
// know yet.
func (r *Run) lock(ctx context.Context) error {
	for try := 0; try <= lockTries; try++ {
		got, err := r.flavour.lock(ctx, r.control.conn, r.job.Name)
		if err != nil {
			return err
		}
		if r.control.locked = got; got {
			return nil
		}
		if err := sleep(ctx, lockWait); err != nil {
			return err
		}
	}
	busy := &BusyError{Job: r.job.Name}
	if old, err := r.store.find(ctx, r.control.conn, r.job.Name); err == nil && old != nil {
		busy.Runner = old.Runner
	}
	return busy
}

const (
	lockTries = 5
	lockWait  = 200 * time.Millisecond
)

// relock has the lock again after the connection was lost. One worker does it for all.
func (r *Run) relock(ctx context.Context) error {
	r.control.mu.Lock()
	defer r.control.mu.Unlock()
	if r.control.locked && r.control.conn.PingContext(ctx) == nil {
		return nil
	}
	_ = r.control.conn.Close() // it is broken
	r.control.locked = false
	old := r.control.backend
	if err := r.openControl(ctx); err != nil {
		return err
	}
	if err := r.ended(ctx, r.control.conn, old); err != nil {
		return err
	}
	if err := r.lock(ctx); err != nil {
		return err
	}
	now, err := r.store.find(ctx, r.control.conn, r.job.Name)
	if err == nil && (now == nil || now.Epoch != r.record.Epoch) {
		err = errTaken
	}
	return err
}

// ended makes sure that a session that was lost is over on the server too.
func (r *Run) ended(ctx context.Context, c *sql.Conn, backend string) error {
	if backend == "" {
		return nil
	}
	gone, err := r.flavour.gone(ctx, c, backend)
	if err == nil && !gone {
		err = errStillThere
	}
	return err
}

// asked is what others want of the run; empty where nothing was read yet.
func (c *control) asked() State {
	s, _ := c.state.Load().(State)
	return s
}

func (c *control) why() string {
	s, _ := c.reason.Load().(string)
	return s
}

const (
	beat     = time.Second
	beatTime = 5 * time.Second
)

// attend looks every second what others ask of the run, and says that it lives. A
// connection that is lost is the workers' business: they have it again, or end.
func (r *Run) attend(ctx context.Context) {
	for {
		if sleep(ctx, beat) != nil {
			return
		}
		// Drivers break the connection of a query that is cancelled, and the lock with
		// it: the run's end must not do that.
		alive, cancel := context.WithTimeout(context.WithoutCancel(ctx), beatTime)
		r.control.mu.Lock()
		r.beatOnce(alive)
		r.control.mu.Unlock()
		cancel()
	}
}

func (r *Run) beatOnce(ctx context.Context) {
	now, err := r.store.find(ctx, r.control.conn, r.job.Name)
	if err != nil || now == nil || now.Epoch != r.record.Epoch {
		return // the next batch finds out by itself
	}
	r.control.state.Store(now.State)
	_, _ = r.store.exec(ctx, r.control.conn, `UPDATE safemig.backfills SET changed_at = `+r.flavour.now()+`, reason = ? WHERE name = {job} AND epoch = ?`,
		r.control.why(), r.job.Name, r.record.Epoch) // a beat that is lost is followed by another
}

// Stop asks the run to end with the batches that run now.
func (r *Run) Stop() { r.stopped.Do(func() { close(r.stop) }) }

// Close gives the lock back.
func (r *Run) Close() error {
	if r.control.conn == nil {
		return nil
	}
	if r.control.locked {
		ctx, cancel := context.WithTimeout(context.Background(), beatTime)
		defer cancel()
		_ = r.flavour.unlock(ctx, r.control.conn, r.job.Name) // a session that is broken has no lock
	}
	err := ignoreDone(r.control.conn.Close())
	r.control.conn, r.control.locked = nil, false
	return err
}
