package backfill_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// free never brakes, and silent hears nothing.
type free = backfill.Unbraked

type silent struct{}

func (silent) Hear(backfill.Event) {}

// perServer runs a test on the oldest and the newest server of each kind.
func perServer(t *testing.T, o livedb.Options, test func(t *testing.T, db *livedb.DB, d *dialect.Dialect), kinds ...string) {
	t.Helper()
	perServerWith(t, func(livedb.Server) livedb.Options { return o }, test, kinds...)
}

// perServerWith gives each server its own options.
func perServerWith(t *testing.T, options func(livedb.Server) livedb.Options, test func(t *testing.T, db *livedb.DB, d *dialect.Dialect), kinds ...string) {
	t.Helper()
	if len(kinds) == 0 {
		kinds = []string{"postgres", "mysql", "mariadb"}
	}
	for _, s := range livetest.Few(t, kinds...) {
		t.Run(s.String(), func(t *testing.T) { onServer(t, s, options(s), test) })
	}
}

// shared are the servers that tests leave for those behind them: to start one takes
// longer than most tests.
var shared = struct {
	sync.Mutex
	idle map[livedb.Server]*livedb.DB
}{idle: map[livedb.Server]*livedb.DB{}}

// closeShared stops the servers that nobody needs any more.
func closeShared() (err error) {
	for _, db := range shared.idle {
		err = errors.Join(err, db.Close())
	}
	return err
}

// borrow gives an empty server, one that was used before where there is one.
func borrow(ctx context.Context, s livedb.Server) (*livedb.DB, error) {
	shared.Lock()
	db := shared.idle[s]
	delete(shared.idle, s)
	shared.Unlock()
	if db == nil {
		return s.Start(ctx, livedb.Options{})
	}
	if err := db.Reset(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// giveBack keeps a server for the next test, if there is none like it.
func giveBack(s livedb.Server, db *livedb.DB) error {
	shared.Lock()
	defer shared.Unlock()
	if shared.idle[s] != nil {
		return db.Close()
	}
	shared.idle[s] = db
	return nil
}

func onServer(t *testing.T, s livedb.Server, o livedb.Options, test func(t *testing.T, db *livedb.DB, d *dialect.Dialect)) {
	get, leave := borrow, giveBack
	if o.Durable || len(o.Settings) > 0 {
		get = func(ctx context.Context, s livedb.Server) (*livedb.DB, error) { return s.Start(ctx, o) }
		leave = func(_ livedb.Server, db *livedb.DB) error { return db.Close() }
	}
	db, err := get(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := leave(s, db); err != nil {
			t.Error(err)
		}
	})
	d, err := dialect.Open(s.Dialect, s.Version.String())
	if err != nil {
		t.Fatal(err)
	}
	test(t, db, d)
}

func execAll(t *testing.T, db *livedb.DB, statements ...string) {
	t.Helper()
	c, err := db.Session(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for _, s := range statements {
		if _, err := c.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func count(t *testing.T, db *livedb.DB, query string) (n int64) {
	t.Helper()
	c, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// run runs a job to its end.
func run(ctx context.Context, db *livedb.DB, d *dialect.Dialect, name, text string, o backfill.Options) (backfill.Record, error) {
	return runWith(ctx, db, d, name, text, o, free{}, silent{})
}

func runWith(ctx context.Context, db *livedb.DB, d *dialect.Dialect, name, text string, o backfill.Options, brake backfill.Brake, watch backfill.Watcher) (rec backfill.Record, err error) {
	j, err := backfill.Read(name, text, d)
	if err != nil {
		return rec, err
	}
	r, err := backfill.Start(ctx, db, j, o, brake, watch)
	if err != nil {
		return rec, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	err = r.Work(ctx)
	return r.Record(), err
}

func TestUpdate(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		rows := "INSERT INTO users (id, email) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT 3 * i, 'a' FROM n"
		execAll(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(20), mail varchar(20), times int NOT NULL DEFAULT 0)", rows)
		for _, workers := range []int{1, 3} {
			execAll(t, db, "UPDATE users SET mail = NULL, times = 0")
			o := backfill.DefaultOptions()
			o.StartRows, o.MaxRows, o.Workers = 10, 20, workers
			name := map[int]string{1: "one", 3: "three"}[workers]
			if _, err := run(t.Context(), db, d, name, "-- safemig:backfill key=id\nUPDATE users SET mail = email, times = times + 1", o); err != nil {
				t.Fatal(err)
			}
			if n := count(t, db, "SELECT count(*) FROM users WHERE mail = email AND times = 1"); n != 900 {
				t.Errorf("%d workers changed %d rows once, not 900", workers, n)
			}
		}
	})
}
