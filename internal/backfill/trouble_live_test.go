package backfill_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// ear keeps what a run tells.
type ear struct {
	mu     sync.Mutex
	bad    []string
	faults map[backfill.Fault]int
	most   time.Duration
}

func (e *ear) Hear(ev backfill.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case ev.Bad != nil:
		e.bad = append(e.bad, ev.Bad.Key.String())
	case ev.Trouble != nil:
		e.faults[ev.Trouble.Fault]++
	case ev.Batch != nil:
		e.most = max(e.most, ev.Batch.Took)
	}
}

func runHeard(t *testing.T, db *livedb.DB, d *dialect.Dialect, text string, o backfill.Options) (*ear, error) {
	t.Helper()
	j, err := backfill.Read("job", text, d)
	if err != nil {
		t.Fatal(err)
	}
	e := &ear{faults: map[backfill.Fault]int{}}
	r, err := backfill.Start(t.Context(), db, j, o, free{}, e)
	if err != nil {
		t.Fatal(err)
	}
	return e, errors.Join(r.Work(t.Context()), r.Close())
}

// TestBadRows: rows that cannot take their new value are found among all others,
// and nothing else is passed over, whichever way a row is bad.
func TestBadRows(t *testing.T) {
	ways := map[string]string{
		"too long":   "UPDATE t SET a = CASE WHEN id IN (41, 42, 170, 300) THEN 'too long' ELSE 'ok' END, times = times + 1",
		"unique":     "UPDATE t SET u = CASE WHEN id IN (41, 42, 170, 300) THEN -1 ELSE u + 1000 END, times = times + 1",
		"not null":   "UPDATE t SET a = CASE WHEN id IN (41, 42, 170, 300) THEN NULL ELSE 'ok' END, times = times + 1",
		"by a check": "UPDATE t SET c = CASE WHEN id IN (41, 42, 170, 300) THEN 7 ELSE 1 END, times = times + 1",
	}
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		for way, job := range ways {
			for _, workers := range []int{1, 3} {
				conformance{setup: []string{
					"CREATE TABLE t (id int PRIMARY KEY, a varchar(3) NOT NULL, u int UNIQUE, c int CHECK (c <> 7), times int NOT NULL DEFAULT 0)",
					"INSERT INTO t (id, a, u) {n} SELECT 2 * i, 'x', i FROM n", "INSERT INTO t (id, a, u) VALUES (41, 'x', 5041), (0, 'x', -1)",
				}}.prepare(t, db)
				badRows(t, db, d, way, job, workers)
			}
		}
	})
}

func badRows(t *testing.T, db *livedb.DB, d *dialect.Dialect, way, job string, workers int) {
	t.Helper()
	o := backfill.DefaultOptions()
	o.StartRows, o.MaxRows, o.Workers = 20, 20, workers
	if way == "unique" {
		execAll(t, db, "UPDATE t SET u = -5000 WHERE id = 0", "INSERT INTO t (id, a, u) VALUES (1000, 'x', 9000), (-5, 'x', -1001)") // the row that the others collide with
	}
	_, err := runHeard(t, db, d, job, o)
	var bad *backfill.BadRowError
	if !errors.As(err, &bad) || !slices.Contains([]string{"41", "42", "170", "300"}, bad.Key.String()) || workers == 1 && bad.Key.String() != "41" {
		t.Fatalf("%s, %d workers: %v", way, workers, err)
	}
	o.SkipBadRows = true
	e, err := runHeard(t, db, d, job, o)
	if err != nil {
		t.Fatalf("%s, %d workers: %v", way, workers, err)
	}
	slices.Sort(e.bad)
	if diff := cmp.Diff([]string{"170", "300", "41", "42"}, e.bad); diff != "" {
		t.Errorf("%s, %d workers (-wanted +passed over): %s", way, workers, diff)
	}
	if n := count(t, db, "SELECT count(*) FROM safemig.backfill_errors"); n != 4 {
		t.Errorf("%s: %d rows are noted", way, n)
	}
	if n := count(t, db, "SELECT count(*) FROM t WHERE times <> CASE WHEN id IN (41, 42, 170, 300) THEN 0 ELSE 1 END"); n != 0 {
		t.Errorf("%s, %d workers: %d rows were not changed as often as they should", way, workers, n)
	}
}

// TestSlowRows: batches that take longer than they may become smaller, until they do not.
func TestSlowRows(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		conformance{setup: []string{"CREATE TABLE t (id int PRIMARY KEY, a {text}, times int NOT NULL DEFAULT 0)", "INSERT INTO t (id) {n} SELECT i FROM n WHERE i <= 100"}}.prepare(t, db)
		slow := "SLEEP(0.02)"
		if db.Dialect == "postgres" {
			slow = "pg_sleep(0.02)::text"
		}
		o := backfill.DefaultOptions()
		o.StartRows, o.MinRows, o.StatementTimeout = 100, 1, 500*time.Millisecond
		e, err := runHeard(t, db, d, "UPDATE t SET a = "+slow+", times = times + 1", o)
		if err != nil {
			t.Fatal(err)
		}
		if e.faults[backfill.Timeout] == 0 || e.most > 2*time.Second {
			t.Errorf("%v, the longest batch took %s", e.faults, e.most)
		}
		if n := count(t, db, "SELECT count(*) FROM t WHERE times = 1"); n != 100 {
			t.Errorf("%d rows of 100 were changed once", n)
		}
	})
}

// TestLockedRow: a batch does not wait long for a row that another has locked, and
// comes back to it.
func TestLockedRow(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		conformance{setup: []string{"CREATE TABLE t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0)", "INSERT INTO t (id) {n} SELECT i FROM n"}}.prepare(t, db)
		c, err := db.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		tx, err := c.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), "UPDATE t SET times = times WHERE id = 70"); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), "DELETE FROM t WHERE id = 71"); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { time.Sleep(1700 * time.Millisecond); ended <- tx.Commit() }()
		o := backfill.DefaultOptions()
		o.LockTimeout, o.MaxRows = 100*time.Millisecond, 50
		e, err := runHeard(t, db, d, "UPDATE t SET times = times + 1", o)
		if err := errors.Join(err, <-ended); err != nil {
			t.Fatal(err)
		}
		if e.faults[backfill.Timeout] == 0 {
			t.Errorf("nothing was in the way: %v", e.faults)
		}
		if n := count(t, db, "SELECT count(*) FROM t WHERE times = 1"); n != 149 {
			t.Errorf("%d rows of 149 were changed once", n)
		}
	})
}

// TestLostSession: a runner whose sessions are ended at any moment goes on, and knows
// what was done.
func TestLostSession(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		conformance{setup: []string{"CREATE TABLE t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0)", "INSERT INTO t (id) {n} SELECT i FROM n"}}.prepare(t, db)
		stop := make(chan struct{})
		done := make(chan struct{})
		go func() { defer close(done); killWorkers(t, db, stop) }()
		o := backfill.DefaultOptions()
		o.StartRows, o.MaxRows, o.Workers = 5, 5, 2
		slow := "SLEEP(0.01)"
		if db.Dialect == "postgres" {
			slow = "length(pg_sleep(0.01)::text)"
		}
		e, err := runHeard(t, db, d, "UPDATE t SET times = times + 1 + "+slow, o)
		close(stop)
		<-done
		if err != nil {
			t.Fatal(err)
		}
		if e.faults[backfill.Lost] == 0 {
			t.Error("no session was lost")
		}
		if n := count(t, db, "SELECT count(*) FROM t WHERE times = 1"); n != 150 {
			t.Errorf("%d rows of 150 were changed once", n)
		}
	})
}

// killWorkers ends sessions of the runner's, whatever they do.
func killWorkers(t *testing.T, db *livedb.DB, stop <-chan struct{}) {
	c, err := db.Session(t.Context())
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = c.Close() }()
	for n := 0; n < 12; {
		select {
		case <-stop:
			return
		case <-time.After(90 * time.Millisecond):
		}
		if n == 0 && count(t, db, "SELECT count(*) FROM t WHERE times = 1") == 0 {
			continue // the job has not begun
		}
		n++
		if db.Dialect == "postgres" {
			_, _ = c.ExecContext(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'safemig backfill' ORDER BY random() LIMIT 1")
			continue
		}
		var id int64
		if c.QueryRowContext(t.Context(), "SELECT id FROM information_schema.processlist WHERE user = 'root' AND id <> CONNECTION_ID() ORDER BY rand() LIMIT 1").Scan(&id) == nil {
			_, _ = c.ExecContext(t.Context(), fmt.Sprintf("KILL %d", id)) // it may have ended by itself
		}
	}
}
