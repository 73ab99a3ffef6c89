package cli

import (
	"context"
	"sync"
	"time"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/progress"
	"github.com/safemig/safemig/internal/throttle"
)

// verifyWatch says on stderr how far a verification is.
type verifyWatch struct {
	program *program
	screen  *screen // nil: not a terminal

	mu    sync.Mutex
	name  string
	began time.Time
	meter progress.Meter
	last  compare.Progress
	lined time.Time
	drawn time.Time
	hold  string
	since time.Time
}

func newVerifyWatch(p *program) *verifyWatch {
	w := &verifyWatch{program: p}
	if _, terminal := terminalWidth(p.stderr); terminal && p.getenv("TERM") != "dumb" {
		w.screen = &screen{w: p.stderr}
	}
	return w
}

func (w *verifyWatch) begin(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.name, w.began, w.lined, w.meter, w.last, w.hold = name, now, now, progress.Meter{}, compare.Progress{Expected: -1}, ""
}

// hear hears of a range, a wait, or something else.
func (w *verifyWatch) hear(p compare.Progress) {
	if p.Say != "" {
		w.say(p.Say)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if p.Hold != "" {
		w.holds(p.Hold, now)
	} else {
		w.last, w.hold = p, ""
	}
	s := w.snapshot(now)
	w.meter.Add(now, s.Rows, s.Share)
	s.Pace = w.meter.Pace()
	if w.screen != nil {
		if now.Sub(w.drawn) >= drawEvery {
			w.drawn = now
			w.screen.draw(s.Block)
		}
		return
	}
	if now.Sub(w.lined) >= lineEvery && p.Hold == "" {
		w.lined = now
		w.program.logf("%s", w.line(&s))
	}
}

// holds: a short wait is not worth a line.
func (w *verifyWatch) holds(reason string, now time.Time) {
	if w.hold == "" {
		w.since = now
	}
	told := w.hold == reason
	w.hold = reason
	if !told && w.screen == nil && now.Sub(w.since) >= tellHold {
		w.program.logf("%s: waits: %s", w.name, reason)
	}
}

func (w *verifyWatch) snapshot(now time.Time) progress.Snapshot {
	s := progress.Snapshot{Job: w.name, At: now, Began: w.began, Rows: w.last.Rows, Guessed: true, Reason: w.hold, Since: w.since}
	if w.last.Expected > 0 {
		s.Share = min(float64(w.last.Rows)/float64(w.last.Expected), 0.999)
	}
	s.Pace.Left = -1
	return s
}

func (w *verifyWatch) line(s *progress.Snapshot) string {
	text := w.name + ": " + progress.Count(s.Rows, "row") + " compared"
	if w.last.Expected > 0 {
		text += " (about " + progress.Percent(s.Share) + ")"
	}
	text += ", up to " + w.last.UpTo.String() + ", " + progress.Number(int64(s.Pace.RowsPerSecond)) + " rows/s"
	if s.Pace.Left >= 0 && w.last.Expected > 0 {
		text += ", " + progress.Time(s.Pace.Left) + " left"
	}
	if w.last.Found > 0 {
		text += "; " + progress.Count(w.last.Found, "row") + " found that differ"
	}
	return text
}

func (w *verifyWatch) say(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.screen != nil {
		w.screen.erase()
	}
	w.program.logf("%s", text)
}

func (w *verifyWatch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.screen != nil && w.screen.lines > 0 {
		w.screen.erase()
	}
}

// throttle watches both servers until the context ends.
func (v *verifier) throttle(ctx context.Context) (end func(), err error) {
	limits, err := brakes(v.cli)
	if err != nil {
		return nil, err
	}
	limits.Hear = v.watch.say
	first, err := throttle.New(v.one, limits)
	if err != nil {
		return nil, err
	}
	all := brakesOfBoth{first}
	if v.two != v.one {
		second, err := throttle.New(v.two, throttle.Config{Hear: func(string) {}}) // what it cannot watch, it cannot
		if err != nil {
			return nil, err
		}
		all = append(all, second)
	}
	ctx, stop := context.WithCancel(ctx)
	var watching sync.WaitGroup
	for _, g := range all {
		watching.Go(func() { g.Watch(ctx) })
	}
	v.brake = &patience{brake: all, most: v.cli.Duration(flagMaxThrottle)}
	v.brake.begin(v.stop)
	return func() { stop(); watching.Wait() }, nil
}

// brakesOfBoth are the brakes of the servers that are read.
type brakesOfBoth []*throttle.Governor

// Reason is the first one's that holds.
func (b brakesOfBoth) Reason() string {
	for _, g := range b {
		if reason := g.Reason(); reason != "" {
			return reason
		}
	}
	return ""
}

// Spent tells them all.
func (b brakesOfBoth) Spent(rows int64, took time.Duration) {
	for _, g := range b {
		g.Spent(rows, took)
	}
}
