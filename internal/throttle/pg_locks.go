package throttle

import (
	"context"
	"database/sql"
)

// postgresLockWaits are the sessions that wait for a lock which a batch holds.
type postgresLockWaits struct{ most float64 }

// Name says what is watched.
func (postgresLockWaits) Name() string { return "lock wait" }

// Read is the one that has waited longest. When it began to wait is known from
// PostgreSQL 14 on (asked for by way of JSON); before, its statement's age stands
// for it, and where that may not be seen, it has waited too long.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION
func (l postgresLockWaits) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	var n int64
	var seconds, unseen float64
	err := ask(ctx, c, needsMonitor, `
WITH ours AS (SELECT array_agg(pid) AS pids FROM pg_stat_activity WHERE application_name = '`+batchesName+`'),
waiting AS (SELECT l.pid, max(clock_timestamp() - coalesce((to_jsonb(l)->>'waitstart')::timestamptz, a.query_start)) AS age
  FROM pg_locks l JOIN ours ON NOT l.granted AND l.pid <> ALL (ours.pids) AND pg_blocking_pids(l.pid) && ours.pids
  LEFT JOIN pg_stat_activity a ON a.pid = l.pid GROUP BY 1)
SELECT count(*), coalesce(max(extract(epoch FROM age)), 0)::float8, count(*) FILTER (WHERE age IS NULL) FROM waiting`, &n, &seconds, &unseen)
	if err != nil {
		return Reading{}, err
	}
	if unseen > 0 {
		seconds = max(seconds, 2*l.most)
	}
	return lockWaits(n, seconds, l.most), nil
}

func lockWaits(n int64, seconds, most float64) Reading {
	switch n {
	case 0:
		return gauge(0, most, inSeconds, "no session waits for a batch: ", "")
	case 1:
		return gauge(seconds, most, inSeconds, "1 session waits for a batch, for ", "")
	}
	return gauge(seconds, most, inSeconds, asCount(float64(n))+" sessions wait for a batch, the longest for ", "")
}
