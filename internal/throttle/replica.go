package throttle

import (
	"context"
	"database/sql"
	"time"
)

// replica is a server that was named, and is asked itself.
type replica struct {
	name  string
	most  float64
	stale time.Duration
}

// Name says what is watched.
func (r replica) Name() string {
	if r.name == "" {
		return "replica lag"
	}
	return "replica lag of " + r.name
}

func (r replica) behind(seconds float64) Reading {
	return gauge(seconds, r.most, inSeconds, "replica "+r.name+" is ", " behind")
}

// postgresReplica goes by the position up to which the replica has replayed the WAL.
type postgresReplica struct {
	replica
	trail *trail
}

// Read compares it with when the primary was there. What was written before
// anybody looked is as old as the last transaction that the replica has replayed.
func (r *postgresReplica) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	var pos sql.NullInt64
	var since sql.NullFloat64
	var standby bool
	err := ask(ctx, c, needsMonitor, `SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint,
  extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8`, &standby, &pos, &since)
	switch {
	case err != nil:
		return Reading{}, err
	case !standby || !pos.Valid:
		return Reading{}, unknown("it is no streaming replica (not in recovery); with a heartbeat its lag can be known")
	}
	lag, old, err := r.trail.lag(r.trail.clock(), pos.Int64, r.stale)
	if err != nil {
		return Reading{}, err
	}
	seconds := lag.Seconds()
	if old && since.Valid {
		seconds = max(seconds, since.Float64)
	}
	return r.behind(seconds), nil
}
