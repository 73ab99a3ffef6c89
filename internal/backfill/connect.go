package backfill

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// open opens the worker's sessions.
func (w *worker) open(ctx context.Context) error {
	var err error
	if w.conn, err = w.db.Session(ctx); err != nil {
		return err
	}
	if err = w.flavour.settle(ctx, w.conn, &w.options); err != nil {
		w.close()
		return fmt.Errorf("preparing a session: %w", err)
	}
	if w.backend, err = w.flavour.backend(ctx, w.conn); err != nil {
		w.close()
		return fmt.Errorf("preparing a session: %w", err)
	}
	w.at.Store(w, w.backend)
	if w.look, err = w.db.Session(ctx); err != nil {
		w.close()
		return err
	}
	if err = w.flavour.scout(ctx, w.look, &w.options); err != nil {
		w.close()
		return fmt.Errorf("preparing a session: %w", err)
	}
	return nil
}

// close closes the sessions. One that is broken already is closed.
func (w *worker) close() {
	w.at.Delete(w)
	if w.conn != nil {
		_ = w.conn.Close() // what it says of a broken connection is known already
	}
	if w.look != nil {
		_ = w.look.Close()
	}
	w.conn, w.look = nil, nil
}

// reconnect comes back to a server that was away. What the old session had begun
// must be over first, committed or not: then the lane says which.
func (w *worker) reconnect(ctx context.Context, l *Lane) error {
	old := w.backend
	until := time.Now().Add(w.options.ReconnectFor)
	for try := 1; ; try++ {
		err := w.comeBack(ctx, old, l)
		if err == nil {
			return nil
		}
		if w.flavour.fault(err) == Fatal || time.Now().After(until) {
			return fmt.Errorf("the connection was lost and could not be had again: %w", err)
		}
		if err := w.nap(ctx, pause(try)); err != nil {
			return err
		}
	}
}

func (w *worker) comeBack(ctx context.Context, old string, l *Lane) error {
	w.close()
	if err := w.relock(ctx); err != nil {
		return err
	}
	if err := w.open(ctx); err != nil {
		return err
	}
	if err := w.ended(ctx, w.look, old); err != nil {
		return err
	}
	// A primary that is one no longer, or not yet, answers and changes nothing.
	if err := w.store.touch(ctx, w.conn, w.record); err != nil || l == nil {
		return err
	}
	now, err := w.store.reread(ctx, w.conn, w.record, l)
	if err != nil {
		return err
	}
	l.At, l.Done, l.Rows, l.Batches = now.At, now.Done, now.Rows, now.Batches
	return nil
}

// errStillThere is a connection's matter: it is tried again.
var errStillThere = errors.New("the session that was lost has not ended on the server yet")
