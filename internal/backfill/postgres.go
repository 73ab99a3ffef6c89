package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/internal/livedb"
)

type postgresFlavour struct{ version fact.Version }

func (postgresFlavour) quote(ident string) string { return postgres.Text{}.Quote(ident) }

// literal: the text that a type's output function gives is what its input function reads.
func (f postgresFlavour) literal(c Column, text string) string {
	if c.Class == Number {
		return text + "::" + c.Type
	}
	return postgres.Text{}.Literal(text) + "::" + c.Type
}

// keyText: a point in time is written in UTC, whatever TimeZone is.
func (f postgresFlavour) keyText(c Column, called string) string {
	name := called + "." + f.quote(c.Name)
	if strings.HasPrefix(c.Type, "timestamp") && strings.HasSuffix(c.Type, "with time zone") {
		return "CASE WHEN isfinite(" + name + ") THEN (" + name + " AT TIME ZONE 'UTC')::text || '+00' ELSE " + name + "::text END"
	}
	return name + "::text"
}

func (f postgresFlavour) beyond(called string, key []Column, b Bound) string {
	if key[0].Class == Block {
		return called + ".ctid >= '(" + b[0] + ",0)'"
	}
	return f.compare(called, key, ">", b)
}

func (f postgresFlavour) within(called string, key []Column, b Bound) string {
	if key[0].Class == Block {
		return called + ".ctid < '(" + b[0] + ",0)'"
	}
	return f.compare(called, key, "<=", b)
}

// compare uses row comparison, which an index on the columns serves.
// https://www.postgresql.org/docs/current/functions-comparisons.html#ROW-WISE-COMPARISON
func (f postgresFlavour) compare(called string, key []Column, op string, b Bound) string {
	var names, values []string
	for i, c := range key {
		names = append(names, called+"."+f.quote(c.Name))
		values = append(values, f.literal(c, b[i]))
	}
	if len(key) == 1 {
		return names[0] + " " + op + " " + values[0]
	}
	return "(" + strings.Join(names, ", ") + ") " + op + " (" + strings.Join(values, ", ") + ")"
}

func (postgresFlavour) rebuilt() string { return "" }

func (postgresFlavour) hint(*Table) string { return "" }

// limit: statement_timeout is set already.
func (postgresFlavour) limit(_ context.Context, _ string, _ *Options, do func() error) error {
	return do()
}

func (postgresFlavour) bind(query string) string {
	var out strings.Builder
	n := 0
	for _, r := range strings.NewReplacer("{job}", "?", "{name}", "name", "{here}", "TRUE").Replace(query) {
		if r != '?' {
			out.WriteRune(r)
			continue
		}
		n++
		out.WriteString("$" + strconv.Itoa(n))
	}
	return out.String()
}

// settle: what the job's own expressions mean depends on the session's settings,
// which stay as the server and the role have them.
func (postgresFlavour) settle(ctx context.Context, c *sql.Conn, o *Options) error {
	return execute(ctx, c,
		"SET default_transaction_isolation = 'read committed'",
		"SET default_transaction_read_only = off",
		fmt.Sprintf("SET lock_timeout = %d", o.LockTimeout.Milliseconds()),
		fmt.Sprintf("SET statement_timeout = %d", o.StatementTimeout.Milliseconds()),
		// A runner whose machine is gone must not hold its locks.
		"SET idle_in_transaction_session_timeout = 60000",
		"SET tcp_keepalives_idle = 30",
		"SET application_name = 'safemig backfill'")
}

// scout: keys are walked along by their index even where the planner thinks that
// reading the table is cheaper for once.
func (f postgresFlavour) scout(ctx context.Context, c *sql.Conn, o *Options) error {
	if err := f.settle(ctx, c, o); err != nil {
		return err
	}
	return execute(ctx, c, "SET DateStyle = 'ISO, YMD'", "SET IntervalStyle = 'postgres'", "SET extra_float_digits = 3", "SET bytea_output = 'hex'",
		"SET enable_seqscan = off", "SET enable_bitmapscan = off", "SET enable_sort = off", "SET max_parallel_workers_per_gather = 0", "SET jit = off")
}

func execute(ctx context.Context, c executor, statements ...string) error {
	for _, s := range statements {
		if _, err := c.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

func (postgresFlavour) warnings(context.Context, executor) error { return nil }

// lock is an advisory lock, which ends with the session.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
func (postgresFlavour) lock(ctx context.Context, c *sql.Conn, job string) (got bool, err error) {
	err = c.QueryRowContext(ctx, "SELECT pg_try_advisory_lock("+lockNumber(job)+")").Scan(&got)
	if err != nil {
		return false, fmt.Errorf("locking the job %s: %w", job, err)
	}
	return got, nil
}

func (postgresFlavour) unlock(ctx context.Context, c *sql.Conn, job string) error {
	_, err := c.ExecContext(ctx, "SELECT pg_advisory_unlock("+lockNumber(job)+")")
	return err
}

func lockNumber(job string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte("safemig backfill " + job)) // a hash takes every byte
	return strconv.FormatInt(int64(h.Sum64()), 10)
}

func (postgresFlavour) backend(ctx context.Context, c *sql.Conn) (id string, err error) {
	err = c.QueryRowContext(ctx, "SELECT pid || ' ' || extract(epoch FROM backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()").Scan(&id)
	return id, err
}

// gone ends a session that lost its client. One of the same number that began at
// another time is somebody else's.
func (postgresFlavour) gone(ctx context.Context, c *sql.Conn, backend string) (bool, error) {
	pid, began, _ := strings.Cut(backend, " ")
	var left int
	err := c.QueryRowContext(ctx, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid = "+pid+" AND extract(epoch FROM backend_start)::text = '"+began+"'").Scan(&left)
	return left == 0, err
}

// fault reads the error's SQLSTATE.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func (postgresFlavour) fault(err error) Fault {
	code := livedb.ErrorCode(err)
	switch {
	case code == "":
		return faultOfClient(err)
	case code == "40P01" || code == "40001":
		return Collision
	case code == "55P03" || code == "57014":
		return Timeout
	case code == "53100", code == "53000", code == "53200": // the disk, file descriptors, memory
		return Full
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"), code == "53300", code == "25P03", code == "25006":
		return Lost
	case strings.HasPrefix(code, "22"), strings.HasPrefix(code, "23"), code == "P0001", code == "44000":
		return Data
	case saysFull(err): // quotas have no code of their own
		return Full
	}
	return Fatal
}

// faultOfClient: what is no answer of the server is a connection that broke, but
// for our own errors.
func faultOfClient(err error) Fault {
	for _, ours := range []error{errMoved, errTaken, context.Canceled} {
		if errors.Is(err, ours) {
			return Fatal
		}
	}
	return Lost
}

// grants says what a role lacks to make our tables.
func (postgresFlavour) grants(err error) string {
	if livedb.ErrorCode(err) == "42501" {
		return "; they are in a schema of their own: GRANT CREATE ON DATABASE to the role that runs the job, or make the schema safemig for it: CREATE SCHEMA safemig AUTHORIZATION role"
	}
	return ""
}

func (postgresFlavour) tables() []string {
	return []string{
		"CREATE SCHEMA IF NOT EXISTS safemig",
		`CREATE TABLE IF NOT EXISTS safemig.backfills (
  name text PRIMARY KEY, hash text NOT NULL, statement text NOT NULL, table_name text NOT NULL, table_id text NOT NULL, key_columns text NOT NULL,
  state text NOT NULL, epoch bigint NOT NULL DEFAULT 0, runner text NOT NULL DEFAULT '', reason text NOT NULL DEFAULT '',
  rows_changed bigint NOT NULL DEFAULT 0, batches bigint NOT NULL DEFAULT 0, bad_rows bigint NOT NULL DEFAULT 0, expected_rows bigint NOT NULL DEFAULT 0,
  owed_rows bigint NOT NULL DEFAULT -1, began_at bigint NOT NULL, changed_at bigint NOT NULL, ended_at bigint NOT NULL DEFAULT 0, verified_at bigint NOT NULL DEFAULT 0)`,
		`CREATE TABLE IF NOT EXISTS safemig.backfill_lanes (
  job text NOT NULL, id bigint NOT NULL, epoch bigint NOT NULL, part_id text NOT NULL, part_name text NOT NULL,
  from_key text NOT NULL, at_key text NOT NULL, upto_key text NOT NULL, done smallint NOT NULL DEFAULT 0,
  rows_changed bigint NOT NULL DEFAULT 0, batches bigint NOT NULL DEFAULT 0, PRIMARY KEY (job, id)) WITH (fillfactor = 50)`,
		`CREATE TABLE IF NOT EXISTS safemig.backfill_errors (
  job text NOT NULL, part_name text NOT NULL, row_key text NOT NULL, error text NOT NULL, noted_at bigint NOT NULL)`,
	}
}
