package throttle

import (
	"fmt"
	"sync"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// Governor is the brake of a run. Its methods may be called at once from
// wherever; it brakes until Watch has read every signal.
type Governor struct {
	config Config
	rate   bucket
	desks  []*desk

	mu    sync.Mutex
	seats []*seat
}

// seat is a signal and what was last heard of it.
type seat struct {
	signal  Signal
	asked   bool // for by the user: it may not be left alone
	reading Reading
	err     error
	at      time.Time
	told    bool
}

// New makes the brake of a run on a database. Nothing is read yet.
func New(db *livedb.DB, c Config) (*Governor, error) {
	if err := c.check(db); err != nil {
		return nil, err
	}
	if c.Every <= 0 {
		c.Every = time.Second
	}
	if c.Stale <= 0 {
		c.Stale = 15 * time.Second
	}
	g := &Governor{config: c, rate: bucket{rate: float64(c.MaxRowsPerSecond)}}
	g.plan(db)
	for _, d := range g.desks {
		g.seats = append(g.seats, d.seats...)
	}
	return g, nil
}

// now is what this machine's clock says.
func (g *Governor) now() time.Time {
	if g.config.Now == nil {
		return time.Now()
	}
	return g.config.Now()
}

// Reason is empty where the next batch may run; else it says why not, with figure
// and limit. What little the rate limit still owes is waited for here.
func (g *Governor) Reason() string {
	if owed := g.rate.owed(g.now()); owed > 0 && owed <= shortWait {
		time.Sleep(owed)
	}
	return g.held(g.now())
}

// Spent tells of rows that a batch has changed.
func (g *Governor) Spent(rows int64, _ time.Duration) { g.rate.spend(g.now(), rows) }

// held joins the reasons. What several signals have in common, as a lost
// connection, is one reason.
func (g *Governor) held(now time.Time) string {
	var reasons []string
	said := map[string]bool{}
	add := func(reason, about string) {
		if reason != "" && !said[about] {
			reasons = append(reasons, reason)
			said[about] = true
		}
	}
	window := closed(g.config.Windows, now)
	add(window, window)
	rate := g.rate.reason(now)
	add(rate, rate)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.seats {
		add(s.why(now, g.config.Stale))
	}
	switch len(reasons) {
	case 0:
		return ""
	case 1:
		return reasons[0]
	}
	return fmt.Sprintf("%s and %d more", reasons[0], len(reasons)-1)
}

// why is the reason that a signal brakes for, and the part of it that other
// signals may have as well.
func (s *seat) why(now time.Time, stale time.Duration) (reason, about string) {
	about = s.unknown(now, stale)
	switch {
	case about != "":
		return s.signal.Name() + " is not known" + about, about
	case s.reading.Over && s.err == nil:
		return s.reading.Text, s.reading.Text
	}
	return "", ""
}

// unknown says why there is no reading to go by; empty where there is one, or
// where there need not be.
func (s *seat) unknown(now time.Time, stale time.Duration) string {
	switch {
	case s.at.IsZero():
		return " yet"
	case s.err != nil && !s.left():
		return ": " + plain(s.err)
	case now.Sub(s.at) > stale:
		return ": the last reading is " + inSeconds(now.Sub(s.at).Seconds()) + " old"
	case s.at.Sub(now) > stale: // then nobody knows how old it is
		return ": the clock was set back since it was last read"
	}
	return ""
}

// Status is what the brake goes by.
type Status struct {
	Held  string // as Reason says it; empty: the run may go on
	Lines []Line
}

// Line is a signal's.
type Line struct {
	Signal string
	Reading
	Watched bool          // it may brake; else Text says what it would need
	Unknown bool          // it brakes for want of a reading; Text says why
	Age     time.Duration // of the reading
}

// Status tells all readings.
func (g *Governor) Status() Status {
	now := g.now()
	out := Status{Held: g.held(now)}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.seats {
		out.Lines = append(out.Lines, s.line(now, g.config.Stale))
	}
	return out
}

func (s *seat) line(now time.Time, stale time.Duration) Line {
	l := Line{Signal: s.signal.Name(), Watched: true, Age: max(0, now.Sub(s.at))}
	if s.at.IsZero() {
		l.Age = 0
	}
	if reason, _ := s.why(now, stale); s.unknown(now, stale) != "" {
		l.Unknown, l.Over, l.Text = true, true, reason
		return l
	}
	if s.left() {
		l.Watched, l.Text = false, s.notWatched()
		return l
	}
	l.Reading = s.reading
	return l
}
