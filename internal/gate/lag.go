package gate

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/safemig/safemig/internal/progress"
	"github.com/safemig/safemig/internal/throttle"
)

// lagEvery is how often replicas are asked until all have answered.
const lagEvery = 300 * time.Millisecond

// standardLag is the limit where the project has none.
const standardLag = 5 * time.Second

// lag looks how far replicas are behind, as the brakes of a backfill do.
func (c *checker) lag(ctx context.Context) Result {
	off := int64(0)
	if c.DB.Dialect == "postgres" { // the others know nothing of the kind
		off = -1
	}
	g, err := throttle.New(c.DB, throttle.Config{
		Replicas: c.Options.Replicas, MaxLag: c.Options.MaxLag, Every: lagEvery,
		MaxLagBytes: off, MaxRetained: off, MaxArchive: off, MaxXminAge: off,
		MaxLockWait: -1, MaxTransaction: -1, MaxSessions: -1, MaxHistory: -1, MaxReceive: -1, MaxFlowControl: -1, IgnoreVacuum: true,
	})
	if err != nil {
		return found(Unknown, oneLine(err.Error()))
	}
	limit := c.Options.timeout()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.Watch(ctx)
	}()
	last := g.Status()
	for ctx.Err() == nil && waits(last) {
		select {
		case <-ctx.Done():
		case <-time.After(lagEvery / 3):
		}
		last = g.Status()
	}
	cancel()
	<-done
	return judgeLag(last)
}

// replayed is the replica that has replayed least, where it has not replayed all that the
// server had written up to a position.
const replayed = `SELECT coalesce(nullif(application_name, ''), host(client_addr), 'walreceiver') FROM pg_stat_replication r
 WHERE replay_lsn < $1::pg_lsn AND state <> 'backup' AND NOT EXISTS (SELECT FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical') ORDER BY replay_lsn LIMIT 1`

// catchesUp waits until the replicas of a PostgreSQL have replayed what is written by now,
// for as long as they may be behind: one look at a replica that stands still does not
// tell since when it does.
func (c *checker) catchesUp(ctx context.Context) Result {
	most := c.Options.MaxLag
	if most == 0 {
		most = standardLag
	}
	var behind string
	for until := time.Now().Add(most); ; time.Sleep(lagEvery / 3) {
		err := c.within(ctx, c.DB, func(ctx context.Context, s *sql.Conn) error {
			if c.written == "" {
				if err := s.QueryRowContext(ctx, "SELECT pg_current_wal_lsn()::text").Scan(&c.written); err != nil {
					return err
				}
			}
			return s.QueryRowContext(ctx, replayed, c.written).Scan(&behind)
		})
		switch {
		case isNoRows(err):
			return found(Passed, "")
		case err != nil:
			return failed(ctx, err, c.Options.timeout())
		case time.Now().After(until):
			return found(Closed, fmt.Sprintf("replica %s has not replayed within %s what was written before", oneLine(behind), most))
		}
	}
}

// waits says whether a reading is still to come.
func waits(s throttle.Status) bool {
	for _, l := range s.Lines {
		if l.Unknown {
			return true
		}
	}
	return false
}

// judgeLag gives no reason where there is no replica to look at.
func judgeLag(s throttle.Status) Result {
	out := found(Passed, "")
	for _, l := range s.Lines {
		switch {
		case l.Unknown, !l.Watched:
			return found(Unknown, oneLine(l.Text)+" (gates: replicas names them, max-lag: off looks at none)")
		case l.Over:
			return found(Closed, oneLine(l.Text))
		}
		if l.Value != "" { // else there is no figure, and no replica
			out.Why = oneLine(l.Text)
		}
	}
	return out
}

// What is asked of replicas cannot be seen from here: those that are connected are counted.
const (
	pgReplicas = "SELECT count(*) FROM pg_stat_replication r WHERE state <> 'backup' AND replay_lsn IS NOT NULL AND NOT EXISTS (SELECT FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')"
	myReplicas = "SELECT count(*) FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'"
)

// unnamed is how many replicas are connected that nobody has named.
func (c *checker) unnamed(ctx context.Context) (n int, err error) {
	query := pgReplicas
	if c.DB.Dialect != "postgres" {
		query = myReplicas
	}
	err = c.within(ctx, c.DB, func(ctx context.Context, s *sql.Conn) error { return s.QueryRowContext(ctx, query).Scan(&n) })
	return n - len(c.Options.Replicas), err
}

// onReplicas is what is known of replicas that nobody has named; nil where there are none.
func (c *checker) onReplicas() *Result {
	var out Result
	switch {
	case c.unseenErr != nil:
		out = found(Unknown, "whether there are replicas is not known: "+oneLine(c.unseenErr.Error()))
	case c.unseen > 0:
		out = found(Unknown, progress.Count(int64(c.unseen), "replica")+" of this server: what is asked there cannot be seen from here; name them (gates: replicas), or say why they do not count (gates: accept-unknown)")
	default:
		return nil
	}
	return &out
}
