package trace

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/safemig/safemig/internal/livedb"
)

// Logged is how many bytes of WAL, or of redo log, the server has written since it was
// made; -1 where it does not tell.
func Logged(ctx context.Context, db *livedb.DB, s *sql.Conn) (int64, error) {
	if db.Dialect == "postgres" {
		return walAt(ctx, s)
	}
	return redoAt(ctx, s), nil
}

// walAt is how much WAL the server has written since it was made.
func walAt(ctx context.Context, s *sql.Conn) (bytes int64, err error) {
	err = s.QueryRowContext(ctx, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint").Scan(&bytes)
	if err != nil {
		return 0, fmt.Errorf("the place in the WAL: %w", err)
	}
	return bytes, nil
}

// redoAt is how much redo log InnoDB has written; -1 where the server does not tell.
// https://dev.mysql.com/doc/refman/8.4/en/server-status-variables.html#statvar_Innodb_redo_log_current_lsn
func redoAt(ctx context.Context, s *sql.Conn) int64 {
	rows, err := livedb.Named(ctx, s, "SHOW GLOBAL STATUS WHERE variable_name IN ('Innodb_lsn_current', 'Innodb_redo_log_current_lsn')")
	if err != nil || len(rows) == 0 {
		return -1 // a figure that is left out
	}
	n, err := strconv.ParseInt(rows[0]["Value"], 10, 64)
	if err != nil {
		return -1
	}
	return n
}
