package throttle

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// walRate is how much WAL is written per second, by everybody.
type walRate struct {
	trail *trail
	most  float64
}

// rateOver is how long the rate is averaged over: a checkpoint's full pages come in bursts.
const rateOver = 5 * time.Second

// Name says what is watched.
func (walRate) Name() string { return "WAL rate" }

// Read goes by the positions that were read anyhow.
func (w walRate) Read(context.Context, *sql.Conn) (Reading, error) {
	rate, err := w.trail.rate(w.trail.clock(), rateOver)
	if errors.Is(err, errNoTrail) {
		return Reading{}, unknown("it takes two readings")
	}
	if err != nil {
		return Reading{}, err
	}
	return gauge(rate, w.most, inBytesPerSecond, "WAL is written at ", ""), nil
}

// archive is the queue of WAL files that wait to be archived.
type archive struct{ most float64 }

// Name says what is watched.
func (archive) Name() string { return "WAL archive queue" }

// archivedQuery counts from the last file that was archived to the one that is
// written now; a file's name is its place.
// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ARCHIVER-VIEW
const archivedQuery = `
WITH size AS (SELECT pg_size_bytes(current_setting('wal_segment_size')) AS bytes)
SELECT greatest(floor(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') / bytes)
  - (('x' || substr(last_archived_wal, 9, 8))::bit(32)::bigint * (4294967296 / bytes) + ('x' || substr(last_archived_wal, 17, 8))::bit(32)::bigint) - 1, 0)::bigint
FROM size, pg_stat_archiver WHERE last_archived_wal ~ '^[0-9A-F]{24}'`

// Read counts the files that are marked as ready, where the user may look; else
// how far the archive is behind.
func (a archive) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	var mode string
	if err := c.QueryRowContext(ctx, "SHOW archive_mode").Scan(&mode); err != nil {
		return Reading{}, err
	}
	if mode == "off" {
		return calm("WAL is not archived"), nil
	}
	var n int64
	err := ask(ctx, c, needsMonitor, "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'", &n)
	var lacks *LacksError
	if errors.As(err, &lacks) {
		if err = ask(ctx, c, needsMonitor, archivedQuery, &n); errors.Is(err, sql.ErrNoRows) {
			return Reading{}, lacks
		}
	}
	if err != nil {
		return Reading{}, err
	}
	return gauge(float64(n), a.most, asCount, "", " files of WAL wait to be archived"), nil
}
