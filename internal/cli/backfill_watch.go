package cli

import (
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/progress"
)

// How often it is said how far the run is.
const (
	drawEvery    = 250 * time.Millisecond
	sampleEvery  = time.Second
	lineEvery    = 10 * time.Second
	metricsEvery = 5 * time.Second
	tellHold     = 2 * time.Second // a shorter wait is not worth a line
)

// monitor hears what a run does, and says it.
type monitor struct {
	program     *program
	job         string
	json        bool
	screen      *screen // nil: not a terminal
	metricsFile string
	done        chan struct{}
	drawing     sync.WaitGroup

	mu      sync.Mutex
	run     *backfill.Run
	began   time.Time
	state   string
	meter   progress.Meter
	pace    progress.Pace
	last    progress.Batch
	retries map[string]int64
	reason  string
	since   time.Time
	held    time.Duration
	told    bool // of the reason
	failed  bool // to write the metrics' file
}

func newMonitor(p *program, c *cli.Context, job string) *monitor {
	m := &monitor{
		program: p, job: job, json: c.String(flagLogFormat) == "json", metricsFile: c.String(flagMetricsFile),
		done: make(chan struct{}), began: time.Now(), state: string(backfill.Running), retries: map[string]int64{},
	}
	if _, terminal := terminalWidth(p.stderr); terminal && !m.json && p.getenv("TERM") != "dumb" {
		m.screen = &screen{w: p.stderr}
	}
	return m
}

// Hear hears of a batch, a wait, a fault.
func (m *monitor) Hear(e backfill.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case e.Batch != nil:
		m.last = progress.Batch{Rows: max(e.Batch.Walk, e.Batch.Rows), Took: e.Batch.Took}
	case e.Hold != nil:
		m.hold(e.Hold.Reason)
	case e.Vacuumed != nil:
		m.tell("notice", vacuumed(e.Vacuumed), nil)
	case e.Trouble != nil:
		m.trouble(e.Trouble)
	case e.Bad != nil:
		m.tell("bad_row", fmt.Sprintf("passed over the row of %s with the key %s: %v", e.Bad.Part, e.Bad.Key, e.Bad.Err),
			func(l *progress.Entry) { l.Part, l.Key, l.Error = e.Bad.Part, e.Bad.Key, e.Bad.Err.Error() })
	}
}

func (m *monitor) hold(reason string) {
	now := time.Now()
	switch {
	case reason != "" && m.reason == "":
		m.since = now
	case reason == "" && m.reason != "":
		m.held += now.Sub(m.since)
		if m.told {
			m.reason = ""
			m.tell("go", "goes on", nil)
		}
		m.told = false
	}
	m.reason = reason
}

// trouble: collisions and timeouts are everyday; the first tries are only counted.
func (m *monitor) trouble(t *backfill.Trouble) {
	m.retries[t.Fault.String()]++
	everyday := t.Fault == backfill.Collision || t.Fault == backfill.Timeout
	if t.Fault == backfill.Full && t.Try > 1 && !m.json {
		return // it waits, which is said elsewhere
	}
	if t.Fault == backfill.Fatal || everyday && t.Try < 3 && !m.json {
		return
	}
	text := fmt.Sprintf("%s, try %d: %v", t.Fault, t.Try, t.Err)
	if t.Fault == backfill.Lost {
		text = fmt.Sprintf("the connection is lost and is made anew: %v", t.Err)
	}
	m.tell("retry", text, func(l *progress.Entry) { l.Fault, l.Try, l.Error = t.Fault.String(), t.Try, t.Err.Error() })
}

// begin says from now on how far the run is.
func (m *monitor) begin(r *backfill.Run) {
	m.mu.Lock()
	m.run = r
	rec := r.Record()
	s := m.sample(time.Now())
	text := "begins: " + along(&rec)
	if s.Batches > 0 {
		text = fmt.Sprintf("goes on at %s: %s", progress.Percent(s.Share), along(&rec))
	}
	m.tell("start", text, nil)
	m.mu.Unlock()
	m.drawing.Go(m.loop)
}

func (m *monitor) loop() {
	ticks := time.NewTicker(drawEvery)
	defer ticks.Stop()
	var sampled, lined, measured time.Time
	lined = time.Now()
	for {
		select {
		case <-m.done:
			return
		case now := <-ticks.C:
			if now.Sub(sampled) >= sampleEvery {
				m.look(now)
				sampled = now
			}
			if now.Sub(lined) >= lineEvery {
				m.line("progress")
				lined = now
			}
			if now.Sub(measured) >= metricsEvery {
				m.writeMetrics()
				measured = now
			}
			m.draw()
		}
	}
}

// look takes a sample, and tells of a wait that lasts.
func (m *monitor) look(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sample(now)
	if m.reason != "" && !m.told && now.Sub(m.since) >= tellHold {
		m.told = true
		m.tell("hold", "waits: "+m.reason, nil)
	}
}

func (m *monitor) sample(now time.Time) progress.Snapshot {
	s := m.standing(now)
	m.meter.Add(now, s.Rows, s.Share)
	m.pace = m.meter.Pace()
	return s
}

func (m *monitor) standing(now time.Time) progress.Snapshot {
	s := progress.Snapshot{
		Job: m.job, At: now, Began: m.began, Last: m.last, Reason: m.reason, Since: m.since, Held: m.held, Retries: maps.Clone(m.retries), Pace: m.pace,
	}
	if m.reason != "" {
		s.Held += now.Sub(m.since)
	}
	if m.run == nil {
		s.Pace.Left = -1
		return s
	}
	p := m.run.Progress()
	s.Share, s.Guessed, s.Rows, s.Batches, s.Bad, s.Next = p.Share, p.Guessed, p.Rows, p.Batches, p.Bad, p.Next
	return s
}

func (m *monitor) snapshot(now time.Time) progress.Snapshot {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.standing(now)
}

// end says no more how far the run is; err is how it ended.
func (m *monitor) end(err error) {
	close(m.done)
	m.drawing.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told = false
	m.hold("")
	m.state = stateAfter(err)
	if m.screen != nil {
		s := m.standing(time.Now())
		m.screen.draw(s.Block)
		m.screen.leave()
	}
	m.writeMetricsNow()
}

// sessions are those that change rows.
func (m *monitor) sessions() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.run == nil {
		return nil
	}
	return m.run.Sessions()
}

func stateAfter(err error) string {
	switch {
	case err == nil:
		return string(backfill.Done)
	case errors.Is(err, backfill.ErrCancelled):
		return string(backfill.Cancelled)
	}
	return string(backfill.Stopped)
}

// reported is the error of a run. Where the log is JSON its last line says it.
func (m *monitor) reported(err error) error {
	if !m.json {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tell("end", "", func(l *progress.Entry) {
		if l.State = stateAfter(err); err != nil {
			l.Error = err.Error()
		}
	})
	var guard *guardError
	switch {
	case err == nil || errors.Is(err, errFindings):
		return err
	case errors.As(err, &guard):
		return &guardError{errReported}
	}
	return errReported
}
