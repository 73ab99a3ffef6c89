package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// worker walks along lanes, with two sessions of its own: one that changes rows,
// one that looks where the next batch ends.
type worker struct {
	*Run
	conn, look *sql.Conn
	backend    string        // of conn
	worked     time.Duration // what the last batch took
	changed    int64         // rows of the last batch
	failing    *failing
	tries      int // that failed, since the last batch that was done
	short      shortage
}

// failing is a range with a row that cannot take its new value: it is halved until
// only that row is left.
type failing struct {
	rows  int64
	upTo  string // where the range ends that failed first
	alone string // the row that failed by itself
}

// walk does a lane to its end, or until the run is to stop.
func (w *worker) walk(ctx context.Context, l *Lane) error {
	part := w.part(l)
	if part == nil {
		return fmt.Errorf("%s is no part of %s any more: it was detached or dropped since the job began; cancel the job and begin it anew", l.PartName, w.table.Name)
	}
	for !l.Done {
		if err := w.hold(ctx); err != nil {
			return err
		}
		err := w.step(ctx, l, part)
		w.survey.note(l)
		if err == nil {
			w.went()
			if err := w.between(ctx, l, part); err != nil {
				return err
			}
		} else if err := w.again(ctx, l, err); err != nil {
			return err
		}
	}
	return nil
}

// step does one batch.
func (w *worker) step(ctx context.Context, l *Lane, part *Part) error {
	b, err := w.cut(ctx, l, part)
	if err != nil {
		return err
	}
	began := w.options.Now()
	rows, err := w.batch(ctx, b)
	if err != nil {
		if w.flavour.fault(err) == Data {
			return w.narrow(ctx, b, err)
		}
		return err
	}
	took := max(0, w.options.Now().Sub(began))
	l.At, l.Done = b.to, b.to.Encode() == l.UpTo.Encode()
	l.Rows += rows
	l.Batches++
	w.mended(l)
	w.worked, w.changed = took, rows
	w.servo.took(b.rows, took)
	w.brake.Spent(rows, took)
	w.survey.spent(b.rows, 0)
	w.watcher.Hear(Event{Batch: &BatchDone{Part: part.Name, UpTo: b.to, Rows: rows, Walk: b.rows, Took: took, Next: w.servo.rows()}})
	return nil
}

// cut looks where a batch ends. What is left of a lane may be less than a batch.
func (w *worker) cut(ctx context.Context, l *Lane, part *Part) (work, error) {
	n := w.servo.rows()
	if w.failing != nil {
		n = w.failing.rows
	}
	to, found, err := next(ctx, w.look, w.flavour, w.table, part, l.At, l.UpTo, n)
	if err != nil {
		return work{}, err
	}
	if !found {
		return work{lane: l, part: part, to: l.UpTo, most: n}, nil
	}
	return work{lane: l, part: part, to: to, rows: n, most: n}, nil
}

// narrow halves a range that holds a bad row. When one row is left, that is it, once
// it has failed by itself twice: a statement that is killed may give another error.
func (w *worker) narrow(ctx context.Context, b work, reason error) error {
	at := b.to.Encode()
	if b.rows != 1 && b.most <= 1 {
		return reason // a row that came while the batch ran: the next look finds it
	}
	if w.failing == nil {
		w.failing = &failing{upTo: at}
	}
	switch {
	case b.rows != 1:
		w.failing.rows = b.most / 2
	case w.failing.alone != at:
		w.failing.rows, w.failing.alone = 1, at
	default:
		return w.badRow(ctx, b, reason)
	}
	return nil
}

func (w *worker) badRow(ctx context.Context, b work, reason error) error {
	byBlock := w.table.Key[0].Class == Block // a block has other rows too, which must not be passed over
	if !w.options.SkipBadRows || byBlock {
		return &BadRowError{Part: b.part.Name, Key: b.to, Table: w.table, Err: reason}
	}
	if err := w.passOver(ctx, b, reason); err != nil {
		return err
	}
	b.lane.At, b.lane.Done = b.to, b.to.Encode() == b.lane.UpTo.Encode()
	w.mended(b.lane)
	w.survey.spent(1, 1)
	w.watcher.Hear(Event{Bad: &BadRow{Part: b.part.Name, Key: b.to, Err: reason}})
	return nil
}

// mended: behind the end of the range that failed batches have their size again;
// until then they grow back.
func (w *worker) mended(l *Lane) {
	switch {
	case w.failing == nil:
	case l.Done || l.At.Encode() == w.failing.upTo || w.failing.rows*2 >= w.servo.rows():
		w.failing = nil
	default:
		w.failing.rows *= 2
	}
}

// BadRowError is a row that cannot take its new value.
type BadRowError struct {
	Part  string
	Table *Table
	Key   Bound
	Err   error
}

func (e *BadRowError) Error() string {
	if e.Table.Key[0].Class == Block {
		return fmt.Sprintf("a row of %s in the block before %s cannot be changed: %v; along a unique key it could be named, and passed over", e.Part, e.Key, e.Err)
	}
	return fmt.Sprintf("the row of %s with the key %s cannot be changed: %v", e.Part, e.Key, e.Err)
}

func (e *BadRowError) Unwrap() error { return e.Err }

// recover does what an error asks for; an error that it returns ends the run.
func (w *worker) recover(ctx context.Context, l *Lane, err error, try int) error {
	var bad *BadRowError
	if errors.As(err, &bad) || ctx.Err() != nil || errors.Is(err, errTaken) || errors.Is(err, errMoved) {
		return err
	}
	fault := w.flavour.fault(err)
	wait := pause(try)
	w.watcher.Hear(Event{Trouble: &Trouble{Fault: fault, Err: err, Try: try, Wait: wait}})
	switch fault {
	case Fatal:
		return err
	case Timeout:
		w.servo.halve()
	case Lost:
		return w.reconnect(ctx, l)
	}
	if w.conn == nil { // it was not even opened
		return w.reconnect(ctx, l)
	}
	return w.idle(ctx, wait)
}

// pause is how long to wait before a try: longer each time, and never the same for
// two that collide.
func pause(try int) time.Duration {
	most := min(50*time.Millisecond<<min(try, 8), 5*time.Second)
	return most/2 + rand.N(most/2)
}

// between does what is due behind a batch.
func (w *worker) between(ctx context.Context, l *Lane, part *Part) error {
	if err := w.cleanUp(ctx, part, w.changed); err != nil {
		return err
	}
	w.changed = 0
	return w.rest(ctx, l)
}

// rest leaves the server to others for a time, in proportion to the last batch.
func (w *worker) rest(ctx context.Context, l *Lane) error {
	worked := max(0, min(w.worked, w.options.StatementTimeout)) // a clock that was set must not make it hours
	d := time.Duration(float64(worked) * w.options.NiceRatio)
	w.worked = 0
	if d <= 0 || l.Done {
		return nil
	}
	return w.idle(ctx, d)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
