package throttle_test

import (
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// TestPostgresReplicas: a streaming replica whose replay is paused, that is
// stopped, and that comes back.
func TestPostgresReplicas(t *testing.T) {
	for _, s := range livetest.Servers(t, "postgres") {
		t.Run(s.String(), func(t *testing.T) {
			primary := livetest.Start(t, s, livedb.Options{Settings: []string{"wal_level=replica", "wal_sender_timeout=5s"}})
			copied := livetest.CopyOf(t, s, primary)
			standby := copied.Start(t)
			p, r := livetest.Session(t, primary), livetest.Session(t, standby)
			livetest.Do(t, p, "CREATE TABLE written (id int)")
			c := nothing()
			c.MaxLag = time.Second
			streaming := watch(t, primary, c)
			c.Replicas = []string{standby.DSN()}
			c.IgnoreReplicas = []string{"db2"}
			asked := watch(t, primary, c)
			c.Heartbeat = `it's \ a job`
			beaten := watch(t, primary, c)
			open(t, streaming, "replica db2 is [0-9.]+ s behind")
			open(t, asked, "no replica streams from this server")
			open(t, beaten, "no replica streams from this server")

			livetest.Do(t, r, "SELECT pg_wal_replay_pause()")
			livetest.Do(t, p, "INSERT INTO written VALUES (1)")
			shut(t, streaming, `replica db2 is (more than )?[0-9.]+ s behind, the limit is 1 s`)
			shut(t, asked, `replica /.* is (more than )?[0-9.]+ s behind, the limit is 1 s`)
			shut(t, beaten, `replica /.* is (more than )?[0-9.]+ s behind, the limit is 1 s`)
			livetest.Do(t, r, "SELECT pg_wal_replay_resume()")
			open(t, streaming, "replica db2 is [0-9.]+ s behind")
			open(t, asked, "no replica streams from this server")
			open(t, beaten, "no replica streams from this server")

			copied.Stop()
			shut(t, streaming, `replica db2 was there and is not connected any more: how far it is behind is not known`)
			shut(t, asked, `replica lag of /.* is not known: (connection refused|no such file or directory|the connection was lost)`)
			copied.Start(t)
			open(t, streaming, "replica db2 is [0-9.]+ s behind")
			open(t, asked, "no replica streams from this server")

			c.Heartbeat, c.Replicas = "", []string{primary.DSN()}
			shut(t, watch(t, primary, c), `replica lag of /.* is not known: it is no streaming replica \(not in recovery\); with a heartbeat its lag can be known`)
		})
	}
}
