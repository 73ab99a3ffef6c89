package backfill

import "time"

// Options are how a job runs.
type Options struct {
	Restart bool // begin a job anew that is done or was cancelled

	ChunkTime        time.Duration // what a batch should take
	MinRows, MaxRows int64         // of a batch
	StartRows        int64
	MaxShare         float64 // of the table's rows in one batch, from 0 to 1; 0 and 1: no limit
	NiceRatio        float64 // how long a worker rests after a batch, in times of what the batch took
	Workers          int
	VacuumEvery      int64         // changed rows of a part between two VACUUMs; 0: none. PostgreSQL only
	LockTimeout      time.Duration // a batch waits no longer for a row that others have locked
	StatementTimeout time.Duration
	Retries          int           // tries of one batch before the job stops
	ReconnectFor     time.Duration // how long a server may be away
	RoomFor          time.Duration // how long it may have no room for what a batch writes
	SkipBadRows      bool
	SameTable        bool             // go on with a table that was made anew or rebuilt since the job began
	MostHistory      int64            // MySQL: entries of InnoDB's history list beside which a job is not begun
	MostReader       time.Duration    // MySQL: age of a transaction that keeps undo, beside which a large job is not begun
	Runner           string           // who runs it: shown to others
	Now              func() time.Time // this machine's clock, for how long batches take; time.Now
}

// fewAtOnce is how many rows a batch may have: while one of many cheap rows works, a
// server with few cores answers others later, and whoever commits waits until the
// batch's log is written with their own. mostAtOnce is for when nobody is there to notice.
const fewAtOnce, mostAtOnce = 200, 200_000

// DefaultOptions are those of a job that nobody gave any.
func DefaultOptions() Options {
	return Options{
		ChunkTime: 250 * time.Millisecond, MinRows: 10, MaxRows: fewAtOnce, StartRows: 1000, MaxShare: 0.0025, NiceRatio: 1, Workers: 1,
		LockTimeout: time.Second, StatementTimeout: 10 * time.Second, Retries: 30, ReconnectFor: 10 * time.Minute, RoomFor: 30 * time.Minute,
		MostHistory: 1_000_000, MostReader: 15 * time.Minute, // as the brakes have it
	}
}

// Unthrottled lets a job work as fast as the server can: it never rests, and its
// batches are as large as they can be in their time.
func (o Options) Unthrottled() Options {
	o.NiceRatio, o.MaxShare, o.MaxRows = 0, 1, mostAtOnce
	return o
}
