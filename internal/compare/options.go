package compare

import "time"

// Brake says why a comparison must wait; empty: it need not. It hears of rows that
// were read.
type Brake interface {
	Reason() string
	Spent(rows int64, took time.Duration)
}

// Options are how two sides are compared.
type Options struct {
	NullIsEmpty bool // NULL is taken for an empty text
	AssumeUTC   bool // a time without a zone is taken for one in UTC

	// Short has each range be a snapshot of its own: a long one keeps a server from
	// removing what was deleted meanwhile. MaxSnapshot is how old a long one may be
	// before a new one is taken; 0: as old as it gets.
	Short       bool
	MaxSnapshot time.Duration
	Workers     int
	ChunkTime   time.Duration // that a range should take
	MaxRows     int64         // of a range
	Brake       Brake         // nil: none

	Looks    int           // at a row that differs, in all; 3
	Patience time.Duration // between the first two; each further one waits four times as long; 200 ms

	Show   int               // rows that are named in a result; 0: 20, negative: none
	Resume *Saved            // where an earlier run was
	Save   func(Saved) error // is given now and then where the run is; nil: nobody keeps it
	Hear   func(Progress)    // is told how far the run is; nil: nobody listens
	Repair func(Repair) error
}

// Progress is how far a comparison is.
type Progress struct {
	Rows     int64 // of the side that has more
	Expected int64 // -1: not known
	UpTo     Bound
	Found    int64  // rows that differ, so far
	Hold     string // why it waits
	Say      string // something to be said of it
}

// Saved is where a run was: everything up to a key is compared.
type Saved struct {
	At       Bound  `json:"at"`
	Doubtful []*Row `json:"doubtful"` // rows that are to be looked at again
	Result   Result `json:"result"`
	Done     bool   `json:"done"`
}

func (o Options) standard() Options {
	if o.Workers < 1 {
		o.Workers = 1
	}
	if o.ChunkTime <= 0 {
		o.ChunkTime = 500 * time.Millisecond
	}
	if o.MaxRows <= 0 {
		o.MaxRows = 500_000
	}
	if o.Looks <= 0 {
		o.Looks = 3
	}
	if o.Patience <= 0 {
		o.Patience = 200 * time.Millisecond
	}
	if o.Show == 0 {
		o.Show = 20
	}
	return o
}
