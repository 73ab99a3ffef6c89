package backfill

import (
	"context"
	"database/sql"
	"slices"
	"sync"
)

// lanes are what is left of a job, and who is at it.
type lanes struct {
	mu     sync.Mutex
	all    []*Lane
	leased map[int64]bool
	nextID int64
	doubt  bool // whether a lane was cut in two is not known
}

func newLanes(all []*Lane) *lanes {
	l := &lanes{all: all, leased: map[int64]bool{}, nextID: 1}
	for _, lane := range all {
		l.nextID = max(l.nextID, lane.ID+1)
	}
	return l
}

// leaseRows is how many batches a lane has that is cut for one of several workers:
// enough that looking for its end costs little, few enough that no worker is left
// alone with much at the end.
const leaseBatches = 16

// lease gives a worker a lane that nobody is at; nil where there is none.
func (w *worker) lease(ctx context.Context) (*Lane, error) {
	w.lanes.mu.Lock()
	defer w.lanes.mu.Unlock()
	if w.lanes.doubt {
		if err := w.reload(ctx); err != nil {
			return nil, err
		}
	}
	at := slices.IndexFunc(w.lanes.all, func(l *Lane) bool { return !w.lanes.leased[l.ID] && !l.Done })
	if at < 0 {
		return nil, nil
	}
	l := w.lanes.all[at]
	if w.options.Workers > 1 {
		if err := w.shorten(ctx, l); err != nil {
			return nil, err
		}
	}
	w.lanes.leased[l.ID] = true
	return l, nil
}

// shorten leaves what is behind a number of batches to others.
func (w *worker) shorten(ctx context.Context, l *Lane) error {
	part := w.part(l)
	if part == nil {
		return nil // walk says so
	}
	cut, found, err := next(ctx, w.look, w.flavour, w.table, part, l.At, l.UpTo, leaseBatches*w.servo.rows())
	if err != nil || !found || cut.Encode() == l.UpTo.Encode() {
		return err
	}
	var rest *Lane
	err = inTransaction(ctx, w.conn, func(tx *sql.Tx) error {
		rest, err = w.store.split(ctx, tx, w.record, l, cut, w.lanes.nextID)
		return err
	})
	if err != nil {
		w.lanes.doubt = true
		return err
	}
	w.lanes.nextID++
	l.UpTo = cut
	w.lanes.all = append(w.lanes.all, rest)
	w.survey.note(l, rest)
	return nil
}

// reload reads the lanes that nobody is at anew, after a cut whose end was not heard of.
func (w *worker) reload(ctx context.Context) error {
	all, err := w.store.lanes(ctx, w.conn, w.job.Name)
	if err != nil {
		return err
	}
	for _, now := range all {
		at := slices.IndexFunc(w.lanes.all, func(l *Lane) bool { return l.ID == now.ID })
		switch {
		case at < 0:
			w.lanes.all = append(w.lanes.all, now)
			w.lanes.nextID = max(w.lanes.nextID, now.ID+1)
		case !w.lanes.leased[now.ID]:
			w.lanes.all[at] = now
		}
	}
	w.lanes.doubt = false
	return nil
}

func (w *worker) release(l *Lane) {
	w.lanes.mu.Lock()
	defer w.lanes.mu.Unlock()
	delete(w.lanes.leased, l.ID)
}

// left says whether anything is not done. A lane that is leased is its worker's alone.
func (l *lanes) left() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.all, func(lane *Lane) bool { return l.leased[lane.ID] || !lane.Done })
}
