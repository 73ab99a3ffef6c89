package trace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// MetadataLock is what lock on a table's definition a statement needs.
// https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html
type MetadataLock uint8

// The locks: a shared one waits for LOCK TABLES .. WRITE, an exclusive one for a
// transaction that merely read from the table as well. NotExclusive is all that
// can be said of a table with foreign keys to or from another: LOCK TABLES
// locks that one too.
const (
	NoMetadataLock MetadataLock = iota
	NotExclusive
	SharedMetadataLock
	ExclusiveMetadataLock
)

func (m MetadataLock) String() string {
	return [...]string{"none", "none or shared", "shared", "exclusive"}[m]
}

// accessTo finds out which metadata lock the statement takes on a table, by
// another session that stands in its way. It needs nothing of the server but
// the list of processes.
func (t *Tracer) accessTo(ctx context.Context, run Run, table string) (MetadataLock, error) {
	name := backquote(table)
	waits, err := t.waitsFor(ctx, run, "BEGIN", "SELECT 1 FROM "+name+" LIMIT 1")
	if livedb.ErrorCode(err) == tablespaceDiscarded { // nobody can read it
		waits, err = t.waitsFor(ctx, run, "LOCK TABLES "+name+" READ")
	}
	if waits || err != nil {
		return ExclusiveMetadataLock, err
	}
	linked, err := t.inForeignKey(ctx, run, table)
	if linked || err != nil {
		return NotExclusive, err
	}
	if waits, err := t.waitsFor(ctx, run, "LOCK TABLES "+name+" WRITE"); waits || err != nil {
		return SharedMetadataLock, err
	}
	return NoMetadataLock, nil
}

// inForeignKey says whether a foreign key joins the table to another, as the
// setup leaves it.
func (t *Tracer) inForeignKey(ctx context.Context, run Run, table string) (linked bool, err error) {
	if err := t.prepare(ctx, run.Setup); err != nil {
		return false, err
	}
	err = t.inSession(ctx, func(s *sql.Conn) error {
		return s.QueryRowContext(ctx, `
			SELECT EXISTS (SELECT 1 FROM information_schema.referential_constraints
			WHERE constraint_schema = database() AND ? IN (table_name, referenced_table_name) AND table_name <> referenced_table_name)`,
			table).Scan(&linked)
	})
	t.untouched = err == nil
	return linked, err
}

// waitsFor runs the statement after the setup while another session holds
// something, and says whether it has to wait; then it is killed. A statement that
// the server refuses does not wait.
func (t *Tracer) waitsFor(ctx context.Context, run Run, hold ...string) (waits bool, err error) {
	if err := t.prepare(ctx, run.Setup); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	err = t.inSession(ctx, func(runner *sql.Conn) error {
		return t.inSession(ctx, func(holder *sql.Conn) error {
			return t.inSession(ctx, func(watcher *sql.Conn) error {
				waits, err = blocked(ctx, runner, holder, watcher, run, hold)
				return err
			})
		})
	})
	if waits && err == nil {
		t.leftAlone(run)
	}
	return waits, err
}

func blocked(ctx context.Context, runner, holder, watcher *sql.Conn, run Run, hold []string) (bool, error) {
	if err := execAll(ctx, runner, run.Session); err != nil {
		return false, err
	}
	var id int64
	if err := runner.QueryRowContext(ctx, "SELECT connection_id()").Scan(&id); err != nil {
		return false, err
	}
	if err := execAll(ctx, holder, hold); err != nil {
		return false, err
	}
	done := make(chan error, 1)
	go func() {
		_, err := runner.ExecContext(ctx, run.SQL)
		done <- err
	}()
	waits, err := awaitBlocked(ctx, watcher, id, done)
	if !waits || err != nil {
		return waits, err
	}
	if err := execAll(ctx, watcher, []string{fmt.Sprintf("KILL QUERY %d", id)}); err != nil {
		return true, err
	}
	<-done // it was killed: its error says nothing else
	return true, execAll(ctx, holder, []string{"ROLLBACK", "UNLOCK TABLES"})
}

// lasting is how long a wait must last to be the holder's doing: the server's own
// purge of old rows holds metadata locks too, for a moment.
const lasting = 25 * time.Millisecond

// awaitBlocked waits until the statement is done or stays waiting for a lock.
func awaitBlocked(ctx context.Context, watcher *sql.Conn, id int64, done <-chan error) (bool, error) {
	var since time.Time // of the wait; zero: it does not wait
	for {
		select {
		case err := <-done:
			if livedb.ErrorCode(err) != "" {
				err = nil // refused: that is seen when it is carried out
			}
			return false, err
		case <-time.After(time.Millisecond):
		}
		var state sql.NullString
		err := watcher.QueryRowContext(ctx, "SELECT state FROM information_schema.processlist WHERE id = ?", id).Scan(&state)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return false, errors.Join(fmt.Errorf("watching: %w", err), <-done)
		}
		switch {
		case !strings.HasPrefix(state.String, "Waiting for table"):
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		case time.Since(since) > lasting:
			return true, nil
		}
	}
}
