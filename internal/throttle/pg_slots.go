package throttle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// subscribers are the logical subscribers that are connected.
type subscribers struct{ most float64 }

// Name says what is watched.
func (subscribers) Name() string { return "logical replication lag" }

// Read is the one that is behind most. In seconds it would not be known: a
// subscriber confirms late when nothing is written.
func (s subscribers) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	return worstSlot(ctx, c, `SELECT slot_name, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint, false FROM pg_replication_slots
  WHERE slot_type = 'logical' AND active AND confirmed_flush_lsn IS NOT NULL ORDER BY 2 DESC LIMIT 1`, "no logical subscriber is connected", "the subscriber of slot %q is ", " behind", s.most)
}

// retained is the WAL that replication slots keep, whether anybody reads it or not.
type retained struct{ most float64 }

// Name says what is watched.
func (retained) Name() string { return "WAL kept by slots" }

// Read is the slot that keeps most. One that is about to lose its WAL brakes, too.
// wal_status is there from PostgreSQL 13 on, and is asked for by way of JSON.
// https://www.postgresql.org/docs/current/view-pg-replication-slots.html
func (s retained) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	return worstSlot(ctx, c, `SELECT slot_name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint, coalesce(to_jsonb(s)->>'wal_status' = 'unreserved', false)
  FROM pg_replication_slots s WHERE restart_lsn IS NOT NULL ORDER BY 3 DESC, 2 DESC LIMIT 1`, "no replication slot keeps WAL", "replication slot %q keeps ", " of WAL", s.most)
}

func worstSlot(ctx context.Context, c *sql.Conn, query, none, before, after string, most float64) (Reading, error) {
	var name string
	var bytes int64
	var losing bool
	err := ask(ctx, c, needsMonitor, query, &name, &bytes, &losing)
	if errors.Is(err, sql.ErrNoRows) {
		return calm(none), nil
	}
	if err != nil {
		return Reading{}, err
	}
	r := gauge(float64(bytes), most, inBytes, fmt.Sprintf(before, oneLine(name)), after)
	if losing && !r.Over {
		r.Over, r.Text = true, r.Text+", more than max_slot_wal_keep_size: its reader will lose its place"
	}
	return r, nil
}
