package gate_test

import (
	"testing"
	"time"

	"github.com/safemig/safemig/internal/gate"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// TestLiveReplica: what is asked of a replica counts, and how far it is behind.
func TestLiveReplica(t *testing.T) {
	long(t)
	all := livetest.Servers(t, "postgres")
	s := all[len(all)-1]
	db := livetest.Start(t, s, livedb.Options{})
	w := newWorld(t, db)
	w.begin()
	w.confirm()
	replica := livetest.CopyOf(t, s, db).Start(t)
	at := "@" + livedb.HostOf(replica.DSN())
	w.wants(3, column+"/replicas", gate.Unknown, "1 replica of this server: what is asked there cannot be seen from here")
	w.options.Accept = []gate.Acceptance{{Match: "unused:*/replicas", Reason: "it serves nobody"}}
	w.wants(3, column+"/replicas", gate.Passed, "it serves nobody")

	w.options.Replicas, w.options.MaxLag = []string{replica.DSN()}, 500*time.Millisecond
	found := w.results(w.db, 3)
	w.wantsOf(found, "lag", gate.Passed, "behind")
	w.wantsOf(found, column+"/sessions"+at, gate.Passed, "no session")
	w.wantsOf(found, column+"/statements"+at, gate.Unknown, "pg_stat_statements is not in this database")
	if _, there := found[column+"/replicas"]; there {
		t.Error("the replica is named")
	}
	reader := livetest.Session(t, replica)
	livetest.Do(t, reader, "SET application_name = 'reports'", "BEGIN", "SELECT email FROM users")
	w.wants(3, column+"/sessions"+at, gate.Closed, "reports (pid")
	livetest.Do(t, reader, "ROLLBACK", "SELECT pg_wal_replay_pause()")
	w.do("UPDATE users SET mail = 'x'")
	time.Sleep(time.Second)
	w.wants(3, "lag", gate.Closed, "replica ")
	w.options.Replicas = []string{"postgres:///postgres?host=/nowhere"}
	w.wants(3, column+"/statements@/nowhere", gate.Unknown, "connect")
}
