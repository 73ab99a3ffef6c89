package backfill_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// promptly is how soon a runner does what is asked of it. It looks once a second, and
// would rest for 20; a busy machine takes its time.
const promptly = 8 * time.Second

// shut is a brake that holds.
type shut struct{ free }

func (shut) Reason() string { return "the window opens in 8h" }

// hears gives on what a run tells.
type hears chan backfill.Event

func (h hears) Hear(e backfill.Event) {
	select {
	case h <- e:
	default: // nobody waits for it
	}
}

// until waits for an event.
func (h hears) until(t *testing.T, most time.Duration, what string, is func(backfill.Event) bool) {
	t.Helper()
	end := time.After(most)
	for {
		select {
		case e := <-h:
			if is(e) {
				return
			}
		case <-end:
			t.Fatalf("%s: not within %s", what, most)
		}
	}
}

// TestPromptly: pause, cancel and Ctrl-C are heard soon, however long the runner
// would rest between two batches, or be held.
func TestPromptly(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0)",
			"INSERT INTO t (id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150) SELECT i FROM n")
		for what, ask := range asks(t, db) {
			if what == "cancel" && os.Getenv("SAFEMIG_PROVE") != "all" {
				continue // which a pause ends with, too
			}
			t.Run(what+" while it rests", func(t *testing.T) { heardSoon(t, db, d, what, 1, free{}, ask) })
			t.Run(what+" while it is held", func(t *testing.T) { heardSoon(t, db, d, what, 3, shut{}, ask) })
		}
	})
}

func asks(t *testing.T, db *livedb.DB) map[string]func(*backfill.Run, string) error {
	return map[string]func(*backfill.Run, string) error{
		"pause":  func(_ *backfill.Run, name string) error { _, err := backfill.Pause(t.Context(), db, name); return err },
		"cancel": func(_ *backfill.Run, name string) error { _, err := backfill.Cancel(t.Context(), db, name); return err },
		"stop":   func(r *backfill.Run, _ string) error { r.Stop(); return nil },
	}
}

func heardSoon(t *testing.T, db *livedb.DB, d *dialect.Dialect, what string, workers int, brake backfill.Brake, ask func(*backfill.Run, string) error) {
	slow := "SLEEP(0.01)"
	if db.Dialect == "postgres" {
		slow = "length(pg_sleep(0.01)::text)"
	}
	j, err := backfill.Read("job", "UPDATE t SET times = times + 1 + "+slow, d)
	if err != nil {
		t.Fatal(err)
	}
	o := backfill.DefaultOptions()
	o.Restart, o.StartRows, o.MaxRows, o.Workers, o.NiceRatio = true, 20, 20, workers, 100 // it rests for 20 s
	events := make(hears, 100)
	r, err := backfill.Start(t.Context(), db, j, o, brake, events)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- r.Work(context.WithoutCancel(t.Context())) }()
	_, held := brake.(shut)
	events.until(t, 10*time.Second, "the first batch, or wait", func(e backfill.Event) bool { return e.Batch != nil && !held || e.Hold != nil && held })
	time.Sleep(300 * time.Millisecond)
	began := time.Now()
	if err := ask(r, "job"); err != nil {
		t.Fatal(err)
	}
	want := map[string]error{"cancel": backfill.ErrCancelled, "stop": backfill.ErrStopped}[what]
	if what == "pause" {
		events.until(t, promptly, "the pause", func(e backfill.Event) bool { return e.Hold != nil && strings.HasPrefix(e.Hold.Reason, "paused") })
		t.Logf("%s after %s", what, time.Since(began))
		if _, err := backfill.Cancel(t.Context(), db, "job"); err != nil {
			t.Fatal(err)
		}
		want = backfill.ErrCancelled
	}
	select {
	case err := <-ended:
		t.Logf("%s: ended after %s", what, time.Since(began))
		if !errors.Is(err, want) {
			t.Errorf("it ended with %v, not %v", err, want)
		}
	case <-time.After(promptly):
		t.Errorf("%s: it does not end", what)
		r.Stop()
		<-ended
	}
	if what == "stop" { // so that the next run may begin it anew
		if _, err := backfill.Cancel(t.Context(), db, "job"); err != nil {
			t.Error(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
