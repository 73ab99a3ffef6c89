package backfill

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// shortage is how long a worker has waited for room on the server. What was slept
// is counted, and no clock asked.
type shortage struct {
	reason string
	tries  int
	waited time.Duration
}

// again makes ready for another try after an error, or says that there were enough.
func (w *worker) again(ctx context.Context, l *Lane, err error) error {
	if w.flavour.fault(err) == Full {
		return w.awaitRoom(ctx, err)
	}
	if w.tries++; w.tries > w.options.Retries {
		return fmt.Errorf("given up after %d tries: %w", w.tries, err)
	}
	return w.recover(ctx, l, err, w.tries)
}

// awaitRoom waits where the server has no room for what a batch writes. No row is
// at fault, so that no range is bisected; somebody has to make room, which takes
// longer than the tries that a batch has. A smaller batch may still fit.
func (w *worker) awaitRoom(ctx context.Context, err error) error {
	s := &w.short
	if s.tries > 0 && s.waited >= w.options.RoomFor {
		return &NoRoomError{Server: w.db.String(), Table: w.table.Name, Waited: s.waited, Err: err}
	}
	s.tries++
	wait := min(pause(s.tries), max(w.options.RoomFor-s.waited, time.Millisecond))
	s.waited += wait
	w.servo.halve()
	w.watcher.Hear(Event{Trouble: &Trouble{Fault: Full, Err: err, Try: s.tries, Wait: wait}})
	if s.reason == "" {
		s.reason = fmt.Sprintf("%s has no room for what a batch of %s writes (%s); make room: it is tried again every few seconds, for %s at most",
			w.db, w.table.Name, serverText(err), howLong(w.options.RoomFor))
	}
	w.tell(s.reason)
	return w.idle(ctx, wait)
}

// went is for a batch that was done.
func (w *worker) went() {
	w.tries = 0
	if w.short.tries > 0 {
		w.short = shortage{}
		w.tell("")
	}
}

// tell says why the run waits, to its watcher and to those who ask the database.
func (r *Run) tell(reason string) {
	if r.control.why() == reason {
		return
	}
	r.control.reason.Store(reason)
	r.watcher.Hear(Event{Hold: &Hold{Reason: reason}})
}

// serverText is what the server says, without what we said of it on the way.
func serverText(err error) string {
	if text := livedb.Message(err); text != "" {
		return text
	}
	return err.Error()
}

// NoRoomError says that nobody made room on the server for as long as the run waits.
type NoRoomError struct {
	Server, Table string
	Waited        time.Duration
	Err           error
}

func (e *NoRoomError) Error() string {
	return fmt.Sprintf("%s has had no room for what a batch of %s writes for %s: %v", e.Server, e.Table, howLong(e.Waited), e.Err)
}

func (e *NoRoomError) Unwrap() error { return e.Err }

// howLong is a time without parts that are none: 30m, not 30m0s.
func howLong(d time.Duration) string {
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		return strings.TrimSuffix(text, "0s")
	}
	return text
}

// saysFull reads the operating system's own words, where an error's number does not
// tell what kept a file from being written: ENOSPC, EDQUOT, EFBIG.
func saysFull(err error) bool {
	text := err.Error()
	for _, words := range []string{"No space left on device", "Disk quota exceeded", "File too large"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}
