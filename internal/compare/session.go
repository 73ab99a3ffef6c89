package compare

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// session is a connection that only reads.
type session struct {
	*sql.Conn
	db *livedb.DB
	id string // MySQL: by which its statement can be ended
}

// connect opens a session whose settings write values alike everywhere.
func connect(ctx context.Context, db *livedb.DB) (*session, error) {
	c, err := db.Session(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{Conn: c, db: db}
	if err := s.settle(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing a session on %s: %w", db, err), c.Close())
	}
	return s, nil
}

func (s *session) settle(ctx context.Context) error {
	settings := mysqlSettings(s.db.Dialect)
	if s.db.Dialect == "postgres" {
		settings = postgresSettings()
	}
	for _, set := range settings {
		if _, err := s.ExecContext(ctx, set); err != nil {
			return fmt.Errorf("%s: %w", set, err)
		}
	}
	if s.db.Dialect == "postgres" {
		return nil
	}
	return s.QueryRowContext(ctx, "SELECT CONNECTION_ID()").Scan(&s.id)
}

func postgresSettings() []string {
	return []string{
		"SET default_transaction_read_only = on", "SET statement_timeout = 0", "SET lock_timeout = '10s'", "SET idle_in_transaction_session_timeout = 0",
		"SET DateStyle = 'ISO, YMD'", "SET IntervalStyle = 'postgres'", "SET TimeZone = 'UTC'", "SET extra_float_digits = 3", "SET bytea_output = 'hex'",
		"SET jit = off", "SET application_name = 'safemig verify'",
	}
}

// mysqlSettings: a CHAR is read without the blanks that fill it up.
func mysqlSettings(dialect string) []string {
	out := []string{
		"SET NAMES utf8mb4", "SET time_zone = '+00:00'", "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SET SESSION TRANSACTION READ ONLY",
		"SET sql_mode = REPLACE(@@sql_mode, 'PAD_CHAR_TO_FULL_LENGTH', '')", "SET lock_wait_timeout = 10",
	}
	if dialect == "mariadb" {
		return append(out, "SET max_statement_time = 0")
	}
	return append(out, "SET max_execution_time = 0")
}

// byIndex has PostgreSQL look for keys along their index, whatever it thinks of that.
func (s *session) byIndex(ctx context.Context) error {
	if s.db.Dialect != "postgres" {
		return nil
	}
	for _, set := range []string{"SET enable_seqscan = off", "SET enable_bitmapscan = off", "SET enable_sort = off", "SET max_parallel_workers_per_gather = 0"} {
		if _, err := s.ExecContext(ctx, set); err != nil {
			return fmt.Errorf("%s: %w", set, err)
		}
	}
	return nil
}

// begin takes a snapshot.
func (s *session) begin(ctx context.Context) error {
	start := "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
	if s.db.Dialect == "postgres" {
		start = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	_, err := s.ExecContext(ctx, start)
	return err
}

// share takes a snapshot; from is one that another session has exported. What it gives
// is how further sessions share it; empty: none can.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION
func (s *session) share(ctx context.Context, from string) (string, error) {
	if err := s.begin(ctx); err != nil || s.db.Dialect != "postgres" {
		return "", err
	}
	if from != "" {
		_, err := s.ExecContext(ctx, "SET TRANSACTION SNAPSHOT "+postgresText(from))
		return from, err
	}
	var id string
	err := s.QueryRowContext(ctx, "SELECT pg_export_snapshot()").Scan(&id)
	return id, err
}

// end ends a snapshot, if there is one. That a connection is gone ends it, too.
func (s *session) end(ctx context.Context) { _, _ = s.ExecContext(ctx, "ROLLBACK") }

// leave closes a session. MySQL would go on with a statement whose client has gone.
func (s *session) leave(ctx context.Context) {
	if ctx.Err() != nil && s.id != "" {
		soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		_, _ = s.db.ExecContext(soon, "KILL "+s.id) // it may have ended by itself
	}
	_ = s.Close() // it has only read
}

// lane is what one worker reads with: a session for each side, or one for both.
type lane struct {
	sessions [2]*session
	short    bool // each reading of both sides is a snapshot of its own, where they share a database
}

// each reads both sides, at the same time where they have sessions of their own.
func (l *lane) each(ctx context.Context, read func(ctx context.Context, i int, q *session) error) error {
	if l.sessions[0] == l.sessions[1] {
		return l.together(ctx, read)
	}
	both, end := context.WithCancelCause(ctx)
	defer end(nil)
	var reading sync.WaitGroup
	for i, q := range l.sessions {
		reading.Go(func() {
			if err := read(both, i, q); err != nil {
				end(err)
			}
		})
	}
	reading.Wait()
	return context.Cause(both)
}

func (l *lane) together(ctx context.Context, read func(ctx context.Context, i int, q *session) error) (err error) {
	s := l.sessions[0]
	if l.short {
		if err := s.begin(ctx); err != nil {
			return fmt.Errorf("taking a snapshot: %w", err)
		}
		defer s.end(ctx)
	}
	if err := read(ctx, 0, s); err != nil {
		return err
	}
	return read(ctx, 1, s)
}

func (l *lane) leave(ctx context.Context) {
	for i, s := range l.sessions {
		if s != nil && (i == 0 || s != l.sessions[0]) {
			s.leave(ctx)
		}
	}
}

// explain says what can be done about an error of a long snapshot.
func explain(err error) error {
	if err != nil && (livedb.ErrorCode(err) == "40001" || strings.Contains(err.Error(), "conflict with recovery")) {
		return fmt.Errorf("%w; a standby ends long snapshots: --snapshot chunk takes short ones", err)
	}
	return err
}
