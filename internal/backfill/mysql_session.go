package backfill

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/livedb"
)

// settle: sql_mode is the server's with what makes a value that does not fit an
// error. READ COMMITTED locks the rows of a batch and not the gaps between them.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-transaction-isolation-levels.html
func (f mysqlFlavour) settle(ctx context.Context, c *sql.Conn, o *Options) error {
	statements := []string{
		"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
		"SET SESSION TRANSACTION READ WRITE",
		// A server that is a session's only by init_connect or its configuration
		// may commit nothing by itself, or begin anew with each commit.
		"SET SESSION autocommit = 1, SESSION completion_type = NO_CHAIN",
		"SET SESSION sql_mode = CONCAT_WS(',', NULLIF(@@session.sql_mode, ''), 'STRICT_ALL_TABLES')",
		fmt.Sprintf("SET SESSION innodb_lock_wait_timeout = %d, SESSION lock_wait_timeout = %[1]d", seconds(o.LockTimeout)),
		// A runner whose machine is gone must not hold its locks.
		"SET SESSION wait_timeout = 600",
	}
	if f.mariadb {
		statements = append(statements, fmt.Sprintf("SET SESSION max_statement_time = %.3f", o.StatementTimeout.Seconds()))
		if !f.version.Less(fact.V(10, 3)) {
			statements = append(statements, "SET SESSION idle_transaction_timeout = 60")
		}
	}
	return execute(ctx, c, statements...)
}

// seconds is a time as the servers take it, who know no shorter one than a second.
func seconds(d time.Duration) int64 {
	return max(1, int64((d+time.Second-1)/time.Second))
}

func (f mysqlFlavour) scout(ctx context.Context, c *sql.Conn, o *Options) error {
	if err := f.settle(ctx, c, o); err != nil || f.mariadb {
		return err
	}
	return execute(ctx, c, fmt.Sprintf("SET SESSION max_execution_time = %d", o.StatementTimeout.Milliseconds()))
}

// limit: MySQL has a time limit for SELECT only. Another session ends a statement
// that takes too long. Cancelling the context would do no more than break the
// connection: the server goes on until the statement's end.
func (f mysqlFlavour) limit(ctx context.Context, backend string, o *Options, do func() error) error {
	if f.mariadb || o.StatementTimeout <= 0 {
		return do()
	}
	ended := make(chan struct{})
	killed := make(chan error, 1)
	go func() { killed <- f.killAfter(ctx, backend, o.StatementTimeout, ended) }()
	err := do()
	close(ended)
	if killing := <-killed; killing != nil && err == nil {
		// The kill may hit the session's next statement: this one must not count.
		err = killing
	}
	return err
}

// errOverran: a statement took longer than it may.
var errOverran = errors.New("the statement took longer than its time limit")

// killAfter ends a session's statement unless it has ended in time.
func (f mysqlFlavour) killAfter(ctx context.Context, backend string, after time.Duration, ended <-chan struct{}) error {
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return nil // the statement's own context says so
	case <-timer.C:
	}
	c, err := f.db.Session(ctx)
	if err != nil {
		return errors.Join(errOverran, err)
	}
	id, _, _ := strings.Cut(backend, " ")
	_, err = c.ExecContext(ctx, "KILL QUERY "+id)
	return errors.Join(errOverran, err, c.Close())
}

// warnings are errors: what a server warns of is a row that is not what the
// statement says. Notes are none, nor is it that something will go in a later version.
func (mysqlFlavour) warnings(ctx context.Context, c executor) (err error) {
	rows, err := c.QueryContext(ctx, "SHOW WARNINGS")
	if err != nil {
		return fmt.Errorf("reading the warnings: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var w Warning
		if err := rows.Scan(&w.Level, &w.Number, &w.Text); err != nil {
			return fmt.Errorf("reading the warnings: %w", err)
		}
		if w.Level != "Note" && !deprecation(w.Number) {
			return &w
		}
	}
	return rows.Err()
}

// Warning is what a server said of a statement that it ran.
type Warning struct {
	Level  string
	Number int
	Text   string
}

func (w *Warning) Error() string { return fmt.Sprintf("%s %d: %s", w.Level, w.Number, w.Text) }

// deprecation says whether a warning tells of nothing but a syntax, a function or a
// character set that a later version will not have.
func deprecation(number int) bool {
	switch number {
	case 1287, 1681, 3719, 3778, 4095:
		return true
	}
	return false
}

// lock is a lock by name, which ends with the session. Names have 64 characters.
// The session that holds it says each second that it lives: when it does not, the
// server must not wait for hours until the next runner may go on.
// https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html
func (mysqlFlavour) lock(ctx context.Context, c *sql.Conn, job string) (bool, error) {
	if err := execute(ctx, c, "SET SESSION wait_timeout = 60"); err != nil {
		return false, fmt.Errorf("locking the job %s: %w", job, err)
	}
	var got sql.NullInt64
	err := c.QueryRowContext(ctx, "SELECT GET_LOCK("+lockName(job)+", 0)").Scan(&got)
	if err != nil {
		return false, fmt.Errorf("locking the job %s: %w", job, err)
	}
	return got.Int64 == 1, nil
}

// lockName is SQL: locks are the server's, and jobs are a database's.
func lockName(job string) string {
	sum := sha256.Sum256([]byte(job))
	return "CONCAT('safemig backfill ', LEFT(SHA2(CONCAT(COALESCE(DATABASE(), ''), '." + hex.EncodeToString(sum[:]) + "'), 256), 32))"
}

func (mysqlFlavour) unlock(ctx context.Context, c *sql.Conn, job string) error {
	_, err := c.ExecContext(ctx, "DO RELEASE_LOCK("+lockName(job)+")")
	return err
}

// backend is a connection's number and a lock that only it has: after a restart
// another session may have the number.
func (mysqlFlavour) backend(ctx context.Context, c *sql.Conn) (string, error) {
	name := "safemig session " + rand.Text()
	var id, got sql.NullInt64
	if err := c.QueryRowContext(ctx, "SELECT CONNECTION_ID(), GET_LOCK('"+name+"', 0)").Scan(&id, &got); err != nil {
		return "", err
	}
	if got.Int64 != 1 {
		return "", fmt.Errorf("the server gave no lock %q", name)
	}
	return fmt.Sprintf("%d %s", id.Int64, name), nil
}

// gone ends a session that lost its client. Its lock goes after what it had begun
// is rolled back, which may last.
func (mysqlFlavour) gone(ctx context.Context, c *sql.Conn, backend string) (bool, error) {
	_, name, _ := strings.Cut(backend, " ")
	var id sql.NullInt64
	if err := c.QueryRowContext(ctx, "SELECT IS_USED_LOCK('"+name+"')").Scan(&id); err != nil || !id.Valid {
		return err == nil, err
	}
	_, err := c.ExecContext(ctx, fmt.Sprintf("KILL %d", id.Int64))
	if livedb.ErrorCode(err) == unknownThread {
		err = nil // it has ended in between
	}
	return false, err
}

const unknownThread = "1094"
