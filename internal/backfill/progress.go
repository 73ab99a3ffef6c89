package backfill

import (
	"context"
	"database/sql"
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/livedb"
)

// Progress is how far a job is.
type Progress struct {
	// Share of the work that is done, from 0 to 1, by the range of the key. Where
	// Guessed, the rows that were walked along of those that the server estimated.
	Share   float64
	Guessed bool
	Rows    int64 // changed, since the job began
	Batches int64
	Bad     int64
	Next    int64  // rows of the next batch
	Reason  string // why the run waits
	Parts   []PartProgress
}

// PartProgress is how far one table or partition is.
type PartProgress struct {
	Name  string
	Share float64
	Rows  int64 // changed
	Lanes []LaneProgress
}

// LaneProgress is how far one range is.
type LaneProgress struct {
	Lane
	Share float64 // of the lane itself
}

// mostBeforeEnd: nothing is done until all is done.
const mostBeforeEnd = 0.999

// survey knows where a job's lanes are. Each worker tells it of its own.
type survey struct {
	mu     sync.Mutex
	table  *Table
	lanes  []Lane
	first  map[string]*big.Int // of each part: where its first key is
	walked int64
	bad    int64
	best   float64
}

// newSurvey looks where the parts begin.
func newSurvey(ctx context.Context, look *sql.Conn, f flavour, t *Table, r *Record, all []*Lane) (*survey, error) {
	s := &survey{table: t, first: map[string]*big.Int{}, bad: r.Bad}
	for _, l := range all {
		s.lanes = append(s.lanes, *l)
		s.walked += l.Rows
	}
	for i := range t.Parts {
		b, found, err := firstKey(ctx, look, f, t, &t.Parts[i])
		if err != nil {
			return nil, err
		}
		if at := place(t.Key, b); found && at != nil {
			s.first[t.Parts[i].ID] = at
		}
	}
	return s, nil
}

// firstKey is the least key of a part.
func firstKey(ctx context.Context, c *sql.Conn, f flavour, t *Table, p *Part) (Bound, bool, error) {
	if t.Key[0].Class == Block {
		return Bound{"0"}, p.Blocks > 0, nil
	}
	query := "SELECT " + keyTexts(f, t, "k") + " FROM " + p.Name + " AS k" + f.hint(t) + " ORDER BY " + order(f, t, "k", "") + " LIMIT 1"
	return oneBound(ctx, c, query, len(t.Key))
}

// note hears where a worker's lanes are.
func (s *survey) note(lanes ...*Lane) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range lanes {
		if at := slices.IndexFunc(s.lanes, func(o Lane) bool { return o.ID == l.ID }); at >= 0 {
			s.lanes[at] = *l
		} else {
			s.lanes = append(s.lanes, *l)
		}
	}
}

// spent hears of rows that a batch walked along, or passed over.
func (s *survey) spent(walked, bad int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walked += walked
	s.bad += bad
}

// progress is how far all is. It never goes back.
func (s *survey) progress() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := Progress{Bad: s.bad}
	all, weights, expected, done := 0.0, 0.0, int64(0), true
	for i := range s.table.Parts {
		part, known := s.part(&s.table.Parts[i])
		p.Guessed = p.Guessed || !known
		p.Parts = append(p.Parts, part)
		w := workOf(&s.table.Parts[i])
		all, weights = all+w*part.Share, weights+w
		expected += max(s.table.Parts[i].Rows, 0)
	}
	for _, l := range s.lanes {
		p.Rows, p.Batches, done = p.Rows+l.Rows, p.Batches+l.Batches, done && l.Done
	}
	switch {
	case p.Guessed:
		all, weights = float64(s.walked), float64(max(expected, 1))
	case weights == 0:
		weights = 1
	}
	if p.Share = min(max(all/weights, s.best), mostBeforeEnd); done {
		p.Share = 1
	}
	s.best = p.Share
	return p
}

// workOf is how much of the work a part is.
func workOf(p *Part) float64 {
	if p.Rows > 0 {
		return float64(p.Rows)
	}
	return 1 + float64(p.Bytes)/100 // a table that was never analyzed
}

func (s *survey) part(t *Part) (p PartProgress, known bool) {
	p.Name, known = t.Name, true
	length, gone := 0.0, 0.0
	for _, l := range s.lanes {
		if l.Part != t.ID {
			continue
		}
		way, share, ok := s.lane(l)
		known = known && ok
		length, gone = length+way, gone+way*share
		p.Rows += l.Rows
		p.Lanes = append(p.Lanes, LaneProgress{Lane: l, Share: share})
	}
	switch {
	case len(p.Lanes) == 0: // it was empty when the job began
		p.Share = 1
	case length > 0:
		p.Share = gone / length
	case !slices.ContainsFunc(p.Lanes, func(l LaneProgress) bool { return !l.Done }):
		p.Share, known = 1, true
	default: // one row, or one value in the first column of the key
		known = false
	}
	return p, known
}

// lane is how long a lane is, and which share of it is done.
func (s *survey) lane(l Lane) (length, share float64, known bool) {
	from, to := place(s.table.Key, l.From), place(s.table.Key, l.UpTo)
	if l.From == nil {
		from = s.first[l.Part]
	}
	if from != nil && to != nil && from.Cmp(to) < 0 {
		length, _ = new(big.Float).SetInt(new(big.Int).Sub(to, from)).Float64()
	}
	switch at := place(s.table.Key, l.At); {
	case from == nil || to == nil:
		return 0, 0, false
	case l.Done:
		return length, 1, true
	case l.At == nil:
		return length, 0, true
	case at == nil:
		return length, 0, false
	default:
		return length, fraction(from, at, to), true
	}
}

// Progress is how far the run is.
func (r *Run) Progress() Progress {
	p := r.survey.progress()
	p.Next, p.Reason = r.servo.rows(), r.control.why()
	return p
}

// Sessions are the server's numbers of the sessions that change rows now.
func (r *Run) Sessions() (out []string) {
	r.at.Range(func(_, backend any) bool {
		number, _, _ := strings.Cut(backend.(string), " ")
		out = append(out, number)
		return true
	})
	return out
}

// Look says how far a job is that somebody else may be running. The table must be
// there as it was when the job began.
func Look(ctx context.Context, db *livedb.DB, r *Record) (Progress, error) {
	f, err := flavourOf(db)
	if err != nil {
		return Progress{}, err
	}
	j, err := r.job(db)
	if err != nil {
		return Progress{}, err
	}
	c, err := db.Session(ctx)
	if err != nil {
		return Progress{}, err
	}
	defer func() { _ = c.Close() }()
	o := DefaultOptions()
	if err := f.scout(ctx, c, &o); err != nil {
		return Progress{}, err
	}
	t, err := f.describe(ctx, c, j)
	if err != nil {
		return Progress{}, err
	}
	all, err := store{f}.lanes(ctx, c, r.Name)
	if err != nil {
		return Progress{}, err
	}
	s, err := newSurvey(ctx, c, f, t, r, all)
	if err != nil {
		return Progress{}, err
	}
	p := s.progress()
	p.Reason = r.Reason
	return p, nil
}

// job is the job that a record is of.
func (r *Record) job(db *livedb.DB) (*Job, error) {
	d, err := dialect.Open(db.Dialect, db.Version.String())
	if err != nil {
		return nil, err
	}
	keys := make([]string, 0, len(r.Key))
	for _, k := range r.Key {
		keys = append(keys, `"`+strings.ReplaceAll(k, `"`, `""`)+`"`)
	}
	return Read(r.Name, ledger.Mark+"key="+strings.Join(keys, ",")+"\n"+r.SQL, d)
}
