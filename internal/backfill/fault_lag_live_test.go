package backfill_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// TestLagFaults: a replica whose lag rises and falls while the job runs.
func TestLagFaults(t *testing.T) {
	t.Parallel() // with TestFullFaults: both mostly wait
	source := livedb.Options{}
	options := func(s livedb.Server) livedb.Options {
		if s.Dialect == "postgres" {
			source = livedb.Options{Durable: true, Settings: []string{"wal_level=replica"}}
		} else {
			source = livetest.Networked(t, 1)
		}
		return source
	}
	perServerWith(t, options, func(t *testing.T, db *livedb.DB, _ *dialect.Dialect) {
		standby := standbyOf(t, db, source)
		again(t, db, "lag", func(g *ground) { laggingReplica(g, standby) })
	})
}

// standbyOf is a replica of a server.
func standbyOf(t *testing.T, db *livedb.DB, source livedb.Options) *livedb.DB {
	t.Helper()
	servers, err := livedb.Find(t.Context(), db.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range servers {
		if s.Version != db.Version {
			continue
		}
		if s.Dialect == "postgres" {
			return livetest.CopyOf(t, s, db).Start(t)
		}
		standby := livetest.Start(t, s, livetest.Networked(t, 2))
		livetest.Follow(t, db, standby, source)
		return standby
	}
	t.Fatalf("%s is not to be found any more", db)
	return nil
}

// laggingReplica: replay is paused and goes on at random. While it has been paused
// for longer than the limit, nothing changes.
func laggingReplica(g *ground, standby *livedb.DB) {
	g.Replicas, g.MaxLag, g.MostRows = []string{standby.DSN()}, 300*time.Millisecond, 5000
	hold, free := "STOP REPLICA SQL_THREAD", "START REPLICA"
	if standby.Dialect == "postgres" {
		hold, free = "SELECT pg_wal_replay_pause()", "SELECT pg_wal_replay_resume()"
	}
	execAll(g.T, g.db, "DELETE FROM accounts WHERE id > 60000") // it waits for long enough with these
	at := *g
	at.db = standby
	g.during(300*time.Millisecond, func(ctx context.Context) error {
		ctx = context.WithoutCancel(ctx) // the replica must not be left behind
		if err := at.quietly(ctx, hold); err != nil {
			return err
		}
		time.Sleep(rand.N(300 * time.Millisecond)) // at times it is not noticed
		if rand.IntN(2) == 0 {
			time.Sleep(2 * time.Second) // by now it must be
			before := count(g.T, g.db, "SELECT count(*) FROM changes")
			time.Sleep(rand.N(500 * time.Millisecond))
			if after := count(g.T, g.db, "SELECT count(*) FROM changes"); after != before {
				g.Errorf("it went on by %d rows while the replica stood still", after-before)
			}
		}
		return at.quietly(ctx, free)
	})
	if len(g.met.Holds) == 0 {
		g.Error("it never waited for the replica")
	}
}
