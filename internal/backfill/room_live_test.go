package backfill_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// full is a trigger that says what a server says whose disk is full, behind the
// first rows and while the table room says so.
func full(dialect string) []string {
	if dialect == "postgres" {
		return []string{`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
  IF NEW.id > 300 AND EXISTS (SELECT FROM room WHERE taken = 1) THEN
    RAISE EXCEPTION 'could not extend file "base/5/16384": No space left on device' USING ERRCODE = '53100';
  END IF; RETURN NEW; END$$`, "CREATE TRIGGER full_disk BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION full_disk()"}
	}
	return []string{`CREATE TRIGGER full_disk BEFORE UPDATE ON things FOR EACH ROW IF NEW.id > 300 AND EXISTS (SELECT 1 FROM room WHERE taken = 1) THEN
  SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table ''things'' is full'; END IF`}
}

// TestNoRoom: a run waits for room, says so, gives up in the end, goes on when it is
// run again and there is room; no row is taken for a bad one.
func TestNoRoom(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE things (id bigint PRIMARY KEY, name varchar(20) NOT NULL, times int NOT NULL DEFAULT 0)", manyThings, "CREATE TABLE room (taken int)", "INSERT INTO room VALUES (1)")
		execAll(t, db, full(db.Dialect)...)
		const job = "-- safemig:backfill key=id\nUPDATE things SET times = times + 1"
		o := backfill.DefaultOptions()
		o.StartRows, o.MaxRows, o.SkipBadRows, o.Retries, o.RoomFor = 50, 50, true, 1, time.Second
		var heard tally
		_, err := runWith(t.Context(), db, d, "roomy", job, o, free{}, &heard)
		var no *backfill.NoRoomError
		if !errors.As(err, &no) || !strings.Contains(err.Error(), "has had no room for what a batch of") || !strings.Contains(err.Error(), " writes for 1s: rows after ") {
			t.Fatal(err)
		}
		if n := count(t, db, "SELECT count(*) FROM things WHERE times = 1"); n != 300 || len(heard.Faults) != 1 || heard.Faults["no room"] < 3 {
			t.Errorf("%d rows before there was no room; met %v", n, heard.Faults)
		}
		if s, err := backfill.Find(t.Context(), db, "roomy"); err != nil || s.State != backfill.Stopped || !strings.Contains(s.Reason, "has had no room") {
			t.Errorf("%+v, %v", s, err)
		}
		o.RoomFor = time.Minute
		ended := make(chan error, 1)
		go func() {
			_, err := runWith(context.WithoutCancel(t.Context()), db, d, "roomy", job, o, free{}, &heard)
			ended <- err
		}()
		reasonOf(t, db, "roomy", "has no room for what a batch of ")
		execAll(t, db, "UPDATE room SET taken = 0")
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "SELECT count(*) FROM things WHERE times = 1"); n != 900 || count(t, db, "SELECT count(*) FROM safemig.backfill_errors") != 0 {
			t.Errorf("%d rows of 900 were changed once", n)
		}
		if s, err := backfill.Find(t.Context(), db, "roomy"); err != nil || s.State != backfill.Done || s.Reason != "" {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// reasonOf waits until somebody else sees why a run waits.
func reasonOf(t *testing.T, db *livedb.DB, job, want string) {
	t.Helper()
	var s *backfill.Standing
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		var err error
		s, err = backfill.Find(t.Context(), db, job)
		if err == nil && s.Live && strings.Contains(s.Reason, want) && (want != "" || s.Reason == "") {
			return
		}
	}
	t.Fatalf("the reason is not %q but %+v", want, s)
}

// switched is a brake that holds while it is told to.
type switched struct{ on atomic.Bool }

func (b *switched) Reason() string {
	if b.on.Load() {
		return "replica db2 is 7 s behind, the limit is 5 s"
	}
	return ""
}
func (*switched) Spent(int64, time.Duration) { time.Sleep(20 * time.Millisecond) }

// TestReasonIsKept: from anywhere it is seen what a run waits for, and what one that
// was stopped had waited for.
func TestReasonIsKept(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE things (id bigint PRIMARY KEY, name varchar(20) NOT NULL, times int NOT NULL DEFAULT 0)", manyThings)
		j, err := backfill.Read("held", "UPDATE things SET times = times + 1", d)
		if err != nil {
			t.Fatal(err)
		}
		o := backfill.DefaultOptions()
		o.StartRows, o.MaxRows = 5, 5
		brake := &switched{}
		brake.on.Store(true)
		r, err := backfill.Start(t.Context(), db, j, o, brake, silent{})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- r.Work(context.WithoutCancel(t.Context())) }()
		reasonOf(t, db, "held", "replica db2 is 7 s behind")
		brake.on.Store(false)
		reasonOf(t, db, "held", "")
		brake.on.Store(true)
		reasonOf(t, db, "held", "replica db2 is 7 s behind")
		r.Stop()
		if err := errors.Join(<-ended, r.Close()); !errors.Is(err, backfill.ErrStopped) {
			t.Fatal(err)
		}
		s, err := backfill.Find(t.Context(), db, "held")
		if err != nil || s.State != backfill.Stopped || s.Live || !strings.Contains(s.Reason, "it waited: replica db2") {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// TestRestartForgets: what was found of a job tells nothing of one that begins anew.
func TestRestartForgets(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE things (id bigint PRIMARY KEY, name varchar(20) NOT NULL, times int NOT NULL DEFAULT 0)", manyThings)
		const job = "UPDATE things SET times = 1 WHERE times <> 1"
		o := backfill.DefaultOptions()
		for range 2 { // without a verification there is no table of them, which is no error
			if _, err := run(t.Context(), db, d, "anew", job, o); err != nil {
				t.Fatal(err)
			}
			o.Restart = true
		}
		verify(t, db, d, "anew", job, small())
		verify(t, db, d, "other", job, small())
		if open, why, err := backfill.Gate(t.Context(), db, "anew"); err != nil || !open {
			t.Fatalf("%q, %v", why, err)
		}
		if _, err := run(t.Context(), db, d, "anew", job, o); err != nil {
			t.Fatal(err)
		}
		if open, why, err := backfill.Gate(t.Context(), db, "anew"); err != nil || open || !strings.Contains(why, "not verified") {
			t.Errorf("open: %v, %q, %v", open, why, err)
		}
		if n := count(t, db, "SELECT count(*) FROM safemig.backfill_checks WHERE job LIKE '%anew'"); n != 0 {
			t.Error("what was found is kept")
		}
		if n := count(t, db, "SELECT count(*) FROM safemig.backfill_checks WHERE job LIKE '%other'"); n != 1 {
			t.Error("what was found of another job is not kept")
		}
	})
}
