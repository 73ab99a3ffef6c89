package throttle

import (
	"context"
	"database/sql"
)

// walPosition is where the server writes its WAL now, in bytes from its beginning.
func walPosition(ctx context.Context, c *sql.Conn) (pos int64, err error) {
	err = c.QueryRowContext(ctx, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").Scan(&pos)
	return pos, err
}
