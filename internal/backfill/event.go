package backfill

import "time"

// Event is something that a watcher of a run hears of. Exactly one of its parts
// is there.
type Event struct {
	Batch    *BatchDone
	Trouble  *Trouble
	Hold     *Hold
	Bad      *BadRow
	Vacuumed *Vacuumed
}

// BatchDone is a batch that was committed.
type BatchDone struct {
	Part string
	UpTo Bound
	Rows int64 // changed
	Walk int64 // rows of the key's range, as far as that is known
	Took time.Duration
	Next int64 // how many rows the next one has
}

// Trouble is an error that the run goes on after.
type Trouble struct {
	Fault Fault
	Err   error
	Try   int
	Wait  time.Duration
}

// Hold says that the run waits, and for what; an empty reason, that it goes on.
type Hold struct{ Reason string }

// BadRow is a row that was passed over.
type BadRow struct {
	Part string
	Key  Bound
	Err  error
}

// Watcher hears what a run does. Its methods may be called by several workers at once.
type Watcher interface{ Hear(Event) }

// Brake says before each batch whether it may run now.
type Brake interface {
	// Reason is empty where it may; else why not, with the figure.
	Reason() string
	// Spent tells it of rows that were changed, and what that took.
	Spent(rows int64, took time.Duration)
}

// Unbraked is a brake that never brakes.
type Unbraked struct{}

// Reason is none.
func (Unbraked) Reason() string { return "" }

// Spent changes nothing.
func (Unbraked) Spent(int64, time.Duration) {}
