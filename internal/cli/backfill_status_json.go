package cli

import "time"

// statusJSON is a job in JSON. The names of its fields are stable.
type statusJSON struct {
	Name      string     `json:"name"`
	State     string     `json:"state"`
	Live      bool       `json:"live"`
	Runner    string     `json:"runner"`
	Reason    string     `json:"reason"`
	Table     string     `json:"table"`
	Key       []string   `json:"key"`
	Statement string     `json:"statement"`
	Hash      string     `json:"hash"`
	Share     *float64   `json:"share"` // null: not known
	Guessed   bool       `json:"share_guessed"`
	Rows      int64      `json:"rows"`
	Batches   int64      `json:"batches"`
	Bad       int64      `json:"bad_rows"`
	Expected  int64      `json:"expected_rows"`
	Owed      *int64     `json:"owed_rows"` // null: not verified yet
	Began     *time.Time `json:"began_at"`
	Changed   *time.Time `json:"changed_at"`
	Ended     *time.Time `json:"ended_at"`
	Verified  *time.Time `json:"verified_at"`
	Lanes     []laneJSON `json:"lanes,omitempty"`
}

type laneJSON struct {
	ID      int64    `json:"id"`
	Part    string   `json:"part"`
	From    []string `json:"from"`
	At      []string `json:"at"`
	UpTo    []string `json:"upto"`
	Done    bool     `json:"done"`
	Rows    int64    `json:"rows"`
	Batches int64    `json:"batches"`
	Share   float64  `json:"share"`
}

func (s *jobStatus) json(lanes bool) statusJSON {
	out := statusJSON{
		Name: s.Name, State: string(s.State), Live: s.Live, Runner: s.Runner, Reason: s.Reason, Table: s.Table, Key: s.Key, Statement: s.SQL, Hash: s.Hash,
		Guessed: s.progress.Guessed, Rows: s.Rows, Batches: s.Batches, Bad: s.Bad, Expected: s.Expected,
		Began: timeOrNull(s.Began), Changed: timeOrNull(s.Changed), Ended: timeOrNull(s.Ended), Verified: timeOrNull(s.Verified),
	}
	if s.unknown == nil {
		out.Share = &s.progress.Share
	}
	if !s.Verified.IsZero() {
		out.Owed = &s.Owed
	}
	for _, p := range s.progress.Parts {
		for _, l := range p.Lanes {
			if lanes {
				out.Lanes = append(out.Lanes, laneJSON{l.ID, l.PartName, l.From, l.At, l.UpTo, l.Done, l.Rows, l.Batches, l.Share})
			}
		}
	}
	return out
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
