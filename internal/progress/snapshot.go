// Package progress says how far a long piece of work is: on a terminal, in lines of
// a log, as JSON and as metrics.
package progress

import "time"

// Snapshot is how the work stands at one moment.
type Snapshot struct {
	Job     string
	At      time.Time
	Began   time.Time // when this process began
	Share   float64   // from 0 to 1
	Guessed bool      // Share goes by estimates
	Rows    int64     // changed, of the whole job
	Batches int64
	Bad     int64
	Last    Batch // the last one that was done
	Next    int64 // rows of the next one
	// Reason is why nothing is done now, and Since since when; Held is how long
	// nothing was done, all in all.
	Reason  string
	Since   time.Time
	Held    time.Duration
	Retries map[string]int64 // by what went wrong
	Pace    Pace
}

// Batch is one piece of the work.
type Batch struct {
	Rows int64
	Took time.Duration
}

// Pace is how fast the work goes.
type Pace struct {
	RowsPerSecond float64       // of the last ten seconds
	Left          time.Duration // until the end; negative: not known
}

// AllRetries counts them whatever went wrong.
func (s *Snapshot) AllRetries() int64 {
	n := int64(0)
	for _, r := range s.Retries {
		n += r
	}
	return n
}
