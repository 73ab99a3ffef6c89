package throttle

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// streamingReplicas are the replicas that stream from this server, all of them.
// One that was there and is gone brakes: how far behind it is cannot be seen.
type streamingReplicas struct {
	trail      *trail
	lag, bytes limit
	ignore     []string
	stale      time.Duration
	known      map[string]bool
}

// Name says what is watched.
func (*streamingReplicas) Name() string { return "replica lag" }

// What only receives WAL and never replays it, as pg_receivewal and pg_basebackup
// do, is no replica; logical subscribers are another signal's.
// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW
const streamingQuery = `
SELECT CASE WHEN application_name IN ('', 'walreceiver') THEN coalesce(client_hostname, host(client_addr), application_name) ELSE application_name END,
  state, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint, pg_wal_lsn_diff(replay_lsn, '0/0')::bigint, coalesce(extract(epoch FROM replay_lag), 0)::float8
FROM pg_stat_replication r WHERE state <> 'backup' AND replay_lsn IS NOT NULL
  AND NOT EXISTS (SELECT FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical') ORDER BY 1`

type streaming struct {
	name, state   string
	behind, where int64
	seconds       float64
}

// Read is the replica that is worst off.
func (s *streamingReplicas) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	if err := mayMonitor(ctx, c); err != nil {
		return Reading{}, err
	}
	worst, there := calm("no replica streams from this server"), map[string]bool{}
	err := rowsOf(ctx, c, needsMonitor, streamingQuery, func(scan func(...any) error) error {
		var r streaming
		if err := scan(&r.name, &r.state, &r.behind, &r.where, &r.seconds); err != nil {
			return err
		}
		if r.name = oneLine(r.name); slices.Contains(s.ignore, r.name) {
			return nil
		}
		reading, err := s.judge(r)
		first := len(there) == 0
		there[r.name] = true
		if err == nil && (first || worseThan(reading, worst)) {
			worst = reading
		}
		return err
	})
	if err != nil {
		return Reading{}, err
	}
	return s.missing(there, worst), nil
}

func (s *streamingReplicas) judge(r streaming) (Reading, error) {
	if r.state != "streaming" {
		return Reading{Over: true, Value: inBytes(float64(r.behind)), Text: fmt.Sprintf("replica %s is still catching up, %s behind", r.name, inBytes(float64(r.behind)))}, nil
	}
	lag := 0.0
	if r.behind > 0 { // what it last said of time is old where nothing is left to do
		seen, _, err := s.trail.lag(s.trail.clock(), r.where, s.stale)
		if err != nil {
			return Reading{}, err
		}
		lag = max(r.seconds, seen.Seconds())
	}
	bytes := gauge(float64(r.behind), s.bytes.most, inBytes, "replica "+r.name+" is ", " behind")
	if seconds := gauge(lag, s.lag.most, inSeconds, "replica "+r.name+" is ", " behind"); s.lag.on && (seconds.Over || !bytes.Over || !s.bytes.on) {
		return seconds, nil
	}
	return bytes, nil
}

// missing adds the replicas that were there before.
func (s *streamingReplicas) missing(there map[string]bool, worst Reading) Reading {
	for name := range there {
		s.known[name] = true
	}
	var gone []string
	for name := range s.known {
		if !there[name] {
			gone = append(gone, name)
		}
	}
	if len(gone) == 0 {
		return worst
	}
	slices.Sort(gone)
	return Reading{Over: true, Text: "replica " + gone[0] + " was there and is not connected any more: how far it is behind is not known"}
}

// worseThan: of two readings the one that brakes, else the one nearer to its limit.
func worseThan(a, b Reading) bool {
	if a.Over != b.Over {
		return a.Over
	}
	return a.Figure*b.Most > b.Figure*a.Most
}
