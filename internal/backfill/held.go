package backfill

import (
	"context"
	"fmt"
	"strconv"
)

// held: a lock's 64 bits are in two columns.
// https://www.postgresql.org/docs/current/view-pg-locks.html
func (postgresFlavour) held(ctx context.Context, c executor, job string) (is bool, err error) {
	number, err := strconv.ParseInt(lockNumber(job), 10, 64)
	if err != nil {
		return false, fmt.Errorf("the lock of %s: %w", job, err)
	}
	err = c.QueryRowContext(ctx, fmt.Sprintf(`SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database() AND l.classid = %d AND l.objid = %d AND l.objsubid = 1)`,
		uint64(number)>>32, uint64(number)&0xffffffff)).Scan(&is)
	return is, err
}

// held: whoever has the lock, its name is enough to ask.
// https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html#function_is-free-lock
func (mysqlFlavour) held(ctx context.Context, c executor, job string) (is bool, err error) {
	err = c.QueryRowContext(ctx, "SELECT NOT IS_FREE_LOCK("+lockName(job)+")").Scan(&is)
	return is, err
}
