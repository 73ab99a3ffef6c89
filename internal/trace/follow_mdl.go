package trace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// lockSource is where a server shows its metadata locks.
type lockSource uint8

const (
	noLockSource lockSource = iota
	performanceSchema
	lockInfoPlugin // MariaDB's
)

// findSource looks where the server shows its metadata locks.
func (f *mysqlFollower) findSource(ctx context.Context) (err error) {
	var remark string
	if f.source, remark, err = sourceOf(ctx, f.watcher, f.db.Dialect); remark != "" {
		f.remarks = append(f.remarks, remark)
	}
	return err
}

// sourceOf is where a server shows its metadata locks, and what to do where it does not.
// https://dev.mysql.com/doc/refman/8.4/en/performance-schema-metadata-locks-table.html
// https://mariadb.com/kb/en/metadata-lock-info-plugin/
func sourceOf(ctx context.Context, s *sql.Conn, dialect string) (source lockSource, remark string, err error) {
	for _, try := range []struct {
		source lockSource
		query  string
	}{
		{performanceSchema, "SELECT count(*) FROM performance_schema.setup_instruments WHERE name = 'wait/lock/metadata/sql/mdl' AND enabled = 'YES' AND @@performance_schema"},
		{lockInfoPlugin, "SELECT count(*) FROM information_schema.plugins WHERE plugin_name = 'METADATA_LOCK_INFO' AND plugin_status = 'ACTIVE'"},
	} {
		var found int
		err := s.QueryRowContext(ctx, try.query).Scan(&found)
		if err != nil && livedb.ErrorCode(err) == "" {
			return noLockSource, "", fmt.Errorf("watching: %w", err)
		}
		if err == nil && found > 0 { // an error of the server's: it has no such table, or lets nobody see it
			return try.source, "", nil
		}
	}
	how := "turn on performance_schema with the instrument wait/lock/metadata/sql/mdl"
	if dialect == "mariadb" {
		how = "INSTALL SONAME 'metadata_lock_info', or " + how
	}
	return noLockSource, "metadata locks are not seen, the server does not show them: " + how, nil
}

// metadataLock is a lock of the session that runs the statements.
type metadataLock struct {
	table, mode string
	granted     bool
}

// metadataLocks are those on the tables of the database.
func (f *mysqlFollower) metadataLocks(ctx context.Context) ([]metadataLock, error) {
	return metadataLocksOf(ctx, f.watcher, f.source, f.id)
}

// metadataLocksOf are those of a session on the tables of the database.
func metadataLocksOf(ctx context.Context, s *sql.Conn, source lockSource, id int64) ([]metadataLock, error) {
	query := `
		SELECT l.object_name, l.lock_type, l.lock_status = 'GRANTED'
		FROM performance_schema.metadata_locks l JOIN performance_schema.threads t ON t.thread_id = l.owner_thread_id
		WHERE l.object_type = 'TABLE' AND l.object_schema = database() AND t.processlist_id = ?`
	switch source {
	case lockInfoPlugin:
		query = `
			SELECT table_name, replace(lock_mode, 'MDL_', ''), 1 FROM information_schema.metadata_lock_info
			WHERE table_schema = database() AND lower(lock_type) LIKE 'table%' AND thread_id = ?`
	case noLockSource:
		return nil, nil
	}
	return collect(ctx, s, func(r *sql.Rows, l *metadataLock) error { return r.Scan(&l.table, &l.mode, &l.granted) }, query, id)
}

// metadataBlocks is what others cannot do while a metadata lock is held.
// https://github.com/mysql/mysql-server/blob/8.4/sql/mdl.h
func metadataBlocks(mode string) change.Access {
	switch mode {
	case "EXCLUSIVE", "SHARED_NO_READ_WRITE":
		return change.Reads | change.Writes | change.DDL
	case "SHARED_NO_WRITE", "SHARED_READ_ONLY":
		return change.Writes | change.DDL
	case "INTENTION_EXCLUSIVE":
		return 0
	}
	return change.DDL
}

// keeper is another session for each table that a statement names: it has read from
// the table in a transaction, as an application would. An exclusive metadata lock has
// to wait for it, and so is seen, however short it is; then the keeper lets go. The
// clock stands meanwhile.
type keeper struct {
	follower *mysqlFollower
	holders  map[string]*sql.Conn
	access   map[string]MetadataLock
}

func (k *keeper) hold(ctx context.Context, tables []string) error {
	for _, table := range tables {
		s, err := k.follower.db.Session(ctx)
		if err != nil {
			return err
		}
		k.holders[table] = s
		err = execAll(ctx, s, []string{"SET SESSION lock_wait_timeout = 1", "BEGIN", "SELECT 1 FROM " + backquote(table) + " LIMIT 1"})
		switch {
		case err == nil:
		case livedb.ErrorCode(err) == "":
			return err
		default: // the migration has locked it, or its tablespace is discarded
			if err := k.free(table); err != nil {
				return err
			}
		}
	}
	return nil
}

// kept are the tables that are kept back.
func (k *keeper) kept() map[string]bool {
	out := map[string]bool{}
	for table := range k.holders {
		out[table] = true
	}
	return out
}

// free lets go of a table.
func (k *keeper) free(table string) error {
	s := k.holders[table]
	delete(k.holders, table)
	if err := s.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return fmt.Errorf("letting go of %s: %w", table, err)
	}
	return nil
}

func (k *keeper) letGo() (err error) {
	for table := range k.holders {
		err = errors.Join(err, k.free(table))
	}
	return err
}

// look reads the locks, and lets go of what the statement waits for.
func (k *keeper) look(ctx context.Context) error {
	f := k.follower
	locks, err := f.metadataLocks(ctx)
	if err != nil {
		return err
	}
	if f.source == lockInfoPlugin && len(k.holders) > 0 {
		if locks, err = k.addWaiting(ctx, locks); err != nil {
			return err
		}
	}
	there, got := map[lockKey]Held{}, f.looked
	for _, l := range locks {
		if strings.HasPrefix(l.table, "#sql") || !f.tables[l.table] {
			continue
		}
		k.access[l.table] = max(k.access[l.table], accessOf(l.mode))
		if l.granted {
			there[lockKey{name: l.table, mode: l.mode}] = heldMetadata(l)
			continue
		}
		if err := k.pending(l); err != nil {
			return err
		}
	}
	f.take(there, got)
	return nil
}

func heldMetadata(l metadataLock) Held {
	return Held{Table: change.Name{Name: l.table}, Lock: l.mode + " metadata lock", Blocks: metadataBlocks(l.mode)}
}

// pending lets a statement go on that waits, and notes the lock that it gets.
func (k *keeper) pending(l metadataLock) error {
	f := k.follower
	if k.holders[l.table] == nil {
		return nil
	}
	running := !f.clock.since.IsZero()
	if running {
		f.clock.stop()
	}
	err := k.free(l.table)
	if running {
		f.clock.start()
	}
	h, now := heldMetadata(l), f.clock.now()
	h.From, h.To, h.Step = now, now, f.steps
	f.held = append(f.held, h)
	return err
}

// addWaiting adds the lock that the statement waits for: the plugin shows only those
// that are granted, and the list of processes that it waits.
func (k *keeper) addWaiting(ctx context.Context, locks []metadataLock) ([]metadataLock, error) {
	var state sql.NullString
	err := k.follower.watcher.QueryRowContext(ctx, "SELECT state FROM information_schema.processlist WHERE id = ?", k.follower.id).Scan(&state)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("watching: %w", err)
	}
	if !strings.HasPrefix(state.String, "Waiting for table metadata") {
		return locks, nil
	}
	for table := range k.holders {
		locks = append(locks, metadataLock{table: table, mode: "EXCLUSIVE"})
	}
	return locks, nil
}

// accessOf sorts a metadata lock by who keeps it waiting.
func accessOf(mode string) MetadataLock {
	switch mode {
	case "EXCLUSIVE", "SHARED_NO_READ_WRITE":
		return ExclusiveMetadataLock
	case "INTENTION_EXCLUSIVE":
		return NoMetadataLock
	}
	return SharedMetadataLock
}
