package backfill_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// listener keeps what it hears of VACUUM.
type listener struct {
	mu       sync.Mutex
	vacuumed []backfill.Vacuumed
}

func (l *listener) Hear(e backfill.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Vacuumed != nil {
		l.vacuumed = append(l.vacuumed, *e.Vacuumed)
	}
}

// heard runs a job, and gives what it says at its end of room in pages.
func (l *listener) heard(t *testing.T, db *livedb.DB, d *dialect.Dialect, name, text string, o backfill.Options) (hot *backfill.HOT, err error) {
	j, err := backfill.Read(name, text, d)
	if err != nil {
		return nil, err
	}
	r, err := backfill.Start(t.Context(), db, j, o, free{}, l)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := r.Work(t.Context()); err != nil {
		return nil, err
	}
	return r.HOT(t.Context())
}

func manyRows(fillfactor string) []string {
	return []string{
		"DROP TABLE IF EXISTS t",
		"CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int) WITH (fillfactor = " + fillfactor + ", autovacuum_enabled = off)",
		"INSERT INTO t SELECT i, i, i, i FROM generate_series(1, 20000) i", "CREATE INDEX t_a ON t (a)", "CREATE INDEX t_c ON t (c)", "VACUUM ANALYZE t",
	}
}

func rested() backfill.Options {
	o := backfill.DefaultOptions()
	o.NiceRatio, o.MaxRows, o.MaxShare = 0, 1000, 1
	return o
}

// TestHOT: the share is counted, and what would raise it said where something would.
func TestHOT(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		if db.Dialect != "postgres" {
			return
		}
		for _, c := range []struct {
			name, fillfactor, set string
			kept                  bool
			better                int64
			says                  string
		}{
			{"full pages", "100", "b = b + 1", false, 50, "the others were written to all 3 indexes too. Where such a job comes again: ALTER TABLE public.t SET (fillfactor = 50), now 100"},
			{"room", "45", "b = b + 1", true, 0, "of the updates of public.t stayed within their page (HOT)"},
			{"an index has the column", "45", "c = c + 1", false, 0, "0 % of the updates of public.t stayed within their page (HOT)"},
		} {
			execAll(t, db, manyRows(c.fillfactor)...)
			var l listener
			h, err := l.heard(t, db, d, c.name, "UPDATE t SET "+c.set, rested())
			if err != nil || h == nil {
				t.Fatalf("%s: %v, %v", c.name, h, err)
			}
			if h.Updates != 20000 || (h.Kept > 12000) != c.kept || h.Better != c.better || !strings.Contains(h.String(), c.says) {
				t.Errorf("%s: %+v\n%s", c.name, h, h)
			}
			if len(l.vacuumed) > 0 {
				t.Errorf("%s: nobody asked for %+v", c.name, l.vacuumed)
			}
		}
	})
}

// TestVacuumBetween: it is run as often as was asked for, and left to others where
// they are at it.
func TestVacuumBetween(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		o := rested()
		o.VacuumEvery = 5000
		if db.Dialect != "postgres" {
			execAll(t, db, "CREATE TABLE t (id int PRIMARY KEY, b int)")
			if _, err := new(listener).heard(t, db, d, "vacuum", "UPDATE t SET b = 1", o); err == nil || !strings.Contains(err.Error(), "VACUUM is PostgreSQL's") {
				t.Errorf("VACUUM was not refused: %v", err)
			}
			return
		}
		execAll(t, db, manyRows("100")...)
		grown := count(t, db, "SELECT pg_relation_size('t')")
		var l listener
		if _, err := l.heard(t, db, d, "vacuum", "UPDATE t SET b = b + 1", o); err != nil {
			t.Fatal(err)
		}
		grown = count(t, db, "SELECT pg_relation_size('t')") - grown
		if len(l.vacuumed) < 3 || len(l.vacuumed) > 4 {
			t.Errorf("20,000 rows, a VACUUM every 5,000: %+v", l.vacuumed)
		}
		for _, v := range l.vacuumed {
			if v.Left != "" || v.Rows != 5000 || v.Table != "t" {
				t.Errorf("%+v", v)
			}
		}
		if size := count(t, db, "SELECT pg_relation_size('t')"); 2*grown > size-grown {
			t.Errorf("the table grew by %d bytes to %d: dead rows were not cleaned up", grown, size)
		}
		vacuumLeft(t, db, d, o)
	})
}

func vacuumLeft(t *testing.T, db *livedb.DB, d *dialect.Dialect, o backfill.Options) {
	c, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for _, s := range []string{"BEGIN", "LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE"} {
		if _, err := c.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	var l listener
	if _, err := l.heard(t, db, d, "busy", "UPDATE t SET b = b + 2", o); err != nil {
		t.Fatal(err)
	}
	if len(l.vacuumed) < 3 || !strings.Contains(l.vacuumed[0].Left, "another session is at it") {
		t.Errorf("somebody else has the table, as a VACUUM does: %+v", l.vacuumed)
	}
	if _, err := c.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.heard(t, db, d, "blocks", "-- safemig:backfill key=ctid\nUPDATE t SET b = b + 3", o); err == nil || !strings.Contains(err.Error(), "walk along a key") {
		t.Errorf("VACUUM between blocks was not refused: %v", err)
	}
}
