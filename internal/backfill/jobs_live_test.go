package backfill_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

const manyThings = "INSERT INTO things (id, name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i, concat('k', i) FROM n"

// stopAfter stops a run behind some batches.
type stopAfter struct {
	batches int
	run     *backfill.Run
}

func (s *stopAfter) Hear(e backfill.Event) {
	if e.Batch == nil {
		return
	}
	if s.batches--; s.batches == 0 {
		s.run.Stop()
	}
}

// partly runs a job for some batches of 20 rows.
func partly(t *testing.T, db *livedb.DB, d *dialect.Dialect, name, text string, batches int) backfill.Progress {
	t.Helper()
	j, err := backfill.Read(name, text, d)
	if err != nil {
		t.Fatal(err)
	}
	o := backfill.DefaultOptions()
	o.StartRows, o.MaxRows = 20, 20
	watch := &stopAfter{batches: batches}
	r, err := backfill.Start(t.Context(), db, j, o, free{}, watch)
	if err != nil {
		t.Fatal(err)
	}
	watch.run = r
	if err := r.Work(t.Context()); !errors.Is(err, backfill.ErrStopped) {
		t.Fatalf("it was to stop behind %d batches: %v", batches, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return r.Progress()
}

func TestJobsFromOutside(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		if _, err := backfill.List(t.Context(), db); !errors.Is(err, backfill.ErrNoTables) {
			t.Errorf("without tables: %v", err)
		}
		if _, err := backfill.Pause(t.Context(), db, "things"); !errors.Is(err, backfill.ErrNoTables) {
			t.Errorf("without tables: %v", err)
		}
		execAll(t, db, "CREATE TABLE things (id bigint PRIMARY KEY, name varchar(20) NOT NULL, times int NOT NULL DEFAULT 0)", manyThings, "CREATE UNIQUE INDEX things_name ON things (name)")
		const text = "-- safemig:backfill key=id\nUPDATE things SET times = times + 1"
		inside := partly(t, db, d, "things", text, 9)
		checkStanding(t, db, inside)
		pausedRunWaits(t, db, d, text)
		var no *backfill.NoJobError
		if _, err := backfill.Find(t.Context(), db, "thing"); !errors.As(err, &no) || len(no.Known) != 1 {
			t.Errorf("of a job that is not there: %v", err)
		}
		byName := partly(t, db, d, "by_name", "-- safemig:backfill key=name\nUPDATE things SET times = times + 1", 9)
		if !byName.Guessed || byName.Share <= 0 {
			t.Errorf("along a text: %+v", byName)
		}
		if _, err := backfill.Cancel(t.Context(), db, "by_name"); err != nil {
			t.Error(err)
		}
		execAll(t, db, "DROP TABLE things")
		if all, err := backfill.List(t.Context(), db); err != nil || len(all) != 2 {
			t.Errorf("without the table: %d jobs, %v", len(all), err)
		}
		if _, err := backfill.Resume(t.Context(), db, "by_name"); err == nil {
			t.Error("a cancelled job was resumed")
		}
	})
}

func checkStanding(t *testing.T, db *livedb.DB, inside backfill.Progress) {
	t.Helper()
	s, err := backfill.Find(t.Context(), db, "things")
	if err != nil {
		t.Fatal(err)
	}
	outside, err := backfill.Look(t.Context(), db, &s.Record)
	if err != nil {
		t.Fatal(err)
	}
	if s.Live || s.State != backfill.Stopped || s.Rows != 180 || s.Batches != 9 || s.Lanes != 1 {
		t.Errorf("behind 9 batches of 20: %+v", s)
	}
	if inside.Guessed || inside.Share < 0.19 || inside.Share > 0.21 || outside.Share != inside.Share {
		t.Errorf("180 rows of 900 are %v to the run, %v to others", inside.Share, outside.Share)
	}
}

// pausedRunWaits: a job that was paused while nobody ran it does nothing until it
// is resumed.
func pausedRunWaits(t *testing.T, db *livedb.DB, d *dialect.Dialect, text string) {
	t.Helper()
	if _, err := backfill.Pause(t.Context(), db, "things"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := run(context.WithoutCancel(t.Context()), db, d, "things", text, backfill.DefaultOptions())
		ended <- err
	}()
	time.Sleep(1500 * time.Millisecond)
	if n := count(t, db, "SELECT count(*) FROM things WHERE times > 0"); n != 180 {
		t.Errorf("%d rows are changed though the job is paused", n)
	}
	was, err := backfill.Resume(t.Context(), db, "things")
	if err != nil || !was.Live || was.State != backfill.Paused {
		t.Errorf("%+v, %v", was, err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, "SELECT count(*) FROM things WHERE times = 1"); n != 900 {
		t.Errorf("%d rows were changed once", n)
	}
	if _, err := backfill.Cancel(t.Context(), db, "things"); err == nil {
		t.Error("a job that is done was cancelled")
	}
}
