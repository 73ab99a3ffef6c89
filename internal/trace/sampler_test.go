package trace

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// sampledServers are the newest of each kind, with what shows metadata locks.
func sampledServers(t *testing.T) map[livedb.Server]livedb.Options {
	t.Helper()
	if testing.Short() {
		t.Skip("starts servers")
	}
	out := map[livedb.Server]livedb.Options{}
	list := livetest.Few(t, "postgres", "mysql", "mariadb")
	for i, s := range list {
		switch {
		case i == 0 && len(list) > 1 && list[1].Dialect == s.Dialect: // the oldest PostgreSQL
		case s.Dialect == "mariadb":
			out[s] = livedb.Options{Settings: []string{"performance-schema=ON", "performance-schema-instrument=wait/lock/metadata/sql/mdl=ON"}}
		default:
			out[s] = livedb.Options{}
		}
	}
	return out
}

// TestSampler sees the locks of a session that has them, and of one that waits for them.
func TestSampler(t *testing.T) {
	for s, options := range sampledServers(t) {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			server := livetest.Start(t, s, options)
			db, err := server.Own(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			sampleTwo(t, db)
		})
	}
}

func sampleTwo(t *testing.T, db *livedb.DB) {
	holder, waiter := livetest.Session(t, db), livetest.Session(t, db)
	livetest.Do(t, holder, "CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE quiet (id int)", "INSERT INTO t VALUES (1)")
	began := time.Now()
	sampler, err := Sample(t.Context(), db, func() time.Duration { return time.Since(began) })
	if err != nil {
		t.Fatal(err)
	}
	lock, unlock, mode := "LOCK TABLES t WRITE", "UNLOCK TABLES", "SHARED_NO_READ_WRITE metadata lock"
	if db.Dialect == "postgres" {
		lock, unlock, mode = "LOCK TABLE t", "COMMIT", "ACCESS EXCLUSIVE"
		livetest.Do(t, holder, "BEGIN")
	}
	if err := sampler.Watch(t.Context(), holder, 1); err != nil {
		t.Fatal(err)
	}
	livetest.Do(t, holder, lock)
	time.Sleep(600 * time.Millisecond)
	if err := sampler.Watch(t.Context(), waiter, 2); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 2)
	for _, who := range []string{"ALTER TABLE t ADD COLUMN a int", "SELECT id FROM t"} {
		go func() {
			s := waiter
			if who[0] == 'S' {
				var err error
				if s, err = db.Session(context.WithoutCancel(t.Context())); err != nil {
					ended <- err
					return
				}
				defer func() { _ = s.Close() }()
			}
			_, err := s.ExecContext(t.Context(), who)
			ended <- err
		}()
	}
	time.Sleep(time.Second)
	livetest.Do(t, holder, unlock)
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	sampler.Step(0)
	if err := sampler.Stop(); err != nil {
		t.Fatal(err)
	}
	seen := sampler.Seen()
	i := slices.IndexFunc(seen, func(l Sampled) bool { return l.Table.Name == "t" && l.Lock == mode && !l.Waits && l.Step == 1 })
	if i < 0 || seen[i].Blocks&change.Reads == 0 || seen[i].To-seen[i].From < 200*time.Millisecond {
		t.Errorf("who holds it: %+v", seen)
	}
	if !slices.ContainsFunc(seen, func(l Sampled) bool {
		return l.Table.Name == "t" && l.Waits && l.Step == 2 && l.To-l.From > 200*time.Millisecond
	}) {
		t.Errorf("who waits: %+v", seen)
	}
	if slices.ContainsFunc(seen, func(l Sampled) bool { return l.Table.Name == "quiet" }) {
		t.Errorf("nobody has locked it: %+v", seen)
	}
	if sampler.Waiting(1) != 0 || sampler.Waiting(2) != 1 || len(sampler.Remarks()) > 0 {
		t.Errorf("%d and %d waited, %v", sampler.Waiting(1), sampler.Waiting(2), sampler.Remarks())
	}
}
