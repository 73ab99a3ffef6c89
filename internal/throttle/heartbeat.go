package throttle

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// heartbeat writes a number that grows to a row of ours; which of them a replica
// has tells how long it is behind, by our clock alone.
type heartbeat struct {
	name, dialect string
	run           string // tells this run's beats from those of one before
	trail         trail

	mu     sync.Mutex
	beat   int64
	ready  bool
	failed error
}

func newHeartbeat(name, dialect string) *heartbeat {
	return &heartbeat{name: name, dialect: dialect, run: rand.Text()}
}

// write brings the row on. That it could not be written is for the replicas to
// say: their lag is not known then.
func (h *heartbeat) write(ctx context.Context, c *sql.Conn) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failed = h.tryWrite(ctx, c)
	return h.failed
}

func (h *heartbeat) tryWrite(ctx context.Context, c *sql.Conn) error {
	if !h.ready {
		if err := h.create(ctx, c); err != nil {
			return err
		}
		h.ready = true
	}
	h.beat++
	values := h.row() + ", '" + h.run + " " + strconv.FormatInt(h.beat, 10) + "'"
	upsert := "INSERT INTO safemig.heartbeats (name, beat) VALUES (" + values + ") ON DUPLICATE KEY UPDATE beat = VALUES(beat)"
	if h.dialect == "postgres" {
		upsert = "INSERT INTO safemig.heartbeats (name, beat) VALUES (" + values + ") ON CONFLICT (name) DO UPDATE SET beat = excluded.beat"
	}
	began := h.trail.clock()
	if _, err := c.ExecContext(ctx, upsert); err != nil {
		return fmt.Errorf("writing the heartbeat: %w", err)
	}
	h.trail.add(began, h.beat)
	return nil
}

// create makes the table, if it is not there: who may only write to it need not
// be allowed to make one.
func (h *heartbeat) create(ctx context.Context, c *sql.Conn) error {
	var n int
	err := c.QueryRowContext(ctx, "SELECT count(*) FROM safemig.heartbeats").Scan(&n)
	if code := livedb.ErrorCode(err); err == nil || code != "42P01" && code != "3F000" && code != "1146" && code != "1049" {
		return err
	}
	statements := []string{"CREATE DATABASE IF NOT EXISTS safemig",
		"CREATE TABLE IF NOT EXISTS safemig.heartbeats (name varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY, beat varchar(60) NOT NULL) ENGINE=InnoDB"}
	if h.dialect == "postgres" {
		statements = []string{"CREATE SCHEMA IF NOT EXISTS safemig",
			"CREATE TABLE IF NOT EXISTS safemig.heartbeats (name text PRIMARY KEY, beat text NOT NULL) WITH (fillfactor = 10)"}
	}
	for _, s := range statements {
		if _, err := c.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// row is the row's name as SQL, whatever the session's settings are.
func (h *heartbeat) row() string {
	if h.dialect == "postgres" {
		return postgresLiteral(h.name)
	}
	return "X'" + hex.EncodeToString([]byte(h.name)) + "'"
}

func (h *heartbeat) lag(read string, stale time.Duration) (time.Duration, error) {
	h.mu.Lock()
	failed := h.failed
	h.mu.Unlock()
	if failed != nil {
		return 0, unknown("%s", plain(failed))
	}
	run, number, _ := strings.Cut(read, " ")
	beat, err := strconv.ParseInt(number, 10, 64)
	if err != nil || run != h.run {
		beat = 0 // one of another run: ours have not come yet
	}
	lag, _, err := h.trail.lag(h.trail.clock(), beat, stale)
	return lag, err
}

// beatenReplica goes by the heartbeat.
type beatenReplica struct {
	replica
	beats *heartbeat
}

// Read looks which beat the replica has.
func (r *beatenReplica) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	var beat string
	err := ask(ctx, c, "SELECT on safemig.heartbeats", "SELECT beat FROM safemig.heartbeats WHERE name = "+r.beats.row(), &beat)
	switch code := livedb.ErrorCode(err); {
	case errors.Is(err, sql.ErrNoRows), code == "42P01", code == "3F000", code == "1146", code == "1049":
		beat = "" // it has not come yet: late, and later every second
	case err != nil:
		return Reading{}, err
	}
	lag, err := r.beats.lag(beat, r.stale)
	if err != nil {
		return Reading{}, err
	}
	return r.behind(lag.Seconds()), nil
}
