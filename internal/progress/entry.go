package progress

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is a line of a log in JSON. The names of its fields are stable.
type Entry struct {
	Time          string           `json:"time"`
	Event         string           `json:"event"`
	Job           string           `json:"job"`
	State         string           `json:"state"`
	Share         float64          `json:"share"`
	Guessed       bool             `json:"share_guessed,omitempty"`
	Rows          int64            `json:"rows"`
	Batches       int64            `json:"batches"`
	Bad           int64            `json:"bad_rows"`
	RowsPerSecond float64          `json:"rows_per_second"`
	BatchRows     int64            `json:"batch_rows"`
	BatchMillis   int64            `json:"batch_ms"`
	Next          int64            `json:"next_batch_rows"`
	Throttled     bool             `json:"throttled"`
	Reason        string           `json:"reason,omitempty"`
	HeldSeconds   float64          `json:"throttled_seconds"`
	Retries       map[string]int64 `json:"retries,omitempty"`
	Elapsed       float64          `json:"elapsed_seconds"`
	Left          *float64         `json:"eta_seconds,omitempty"`
	Message       string           `json:"message,omitempty"`
	Error         string           `json:"error,omitempty"`
	Fault         string           `json:"fault,omitempty"`
	Try           int              `json:"try,omitempty"`
	Concern       string           `json:"concern,omitempty"`
	Refuses       bool             `json:"refuses,omitempty"`
	Owed          *int64           `json:"owed_rows,omitempty"`
	Part          string           `json:"part,omitempty"`
	Key           []string         `json:"key,omitempty"`
}

// Entry is the snapshot as a line of a log.
func (s *Snapshot) Entry(event, state string) Entry {
	e := Entry{
		Time: s.At.UTC().Format(time.RFC3339Nano), Event: event, Job: s.Job, State: state,
		Share: s.Share, Guessed: s.Guessed, Rows: s.Rows, Batches: s.Batches, Bad: s.Bad, RowsPerSecond: s.Pace.RowsPerSecond,
		BatchRows: s.Last.Rows, BatchMillis: s.Last.Took.Milliseconds(), Next: s.Next,
		Throttled: s.Reason != "", Reason: s.Reason, HeldSeconds: s.Held.Seconds(), Retries: s.Retries, Elapsed: s.At.Sub(s.Began).Seconds(),
	}
	if s.Pace.Left >= 0 {
		left := s.Pace.Left.Seconds()
		e.Left = &left
	}
	return e
}

// JSON is the entry on one line.
func (e Entry) JSON() ([]byte, error) {
	var out bytes.Buffer
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false)
	if err := to.Encode(e); err != nil {
		return nil, fmt.Errorf("a line of the log: %w", err)
	}
	return out.Bytes(), nil
}
