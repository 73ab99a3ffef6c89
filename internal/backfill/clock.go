package backfill

import (
	"context"
	"fmt"
)

// What is kept of a job is written and read by machines whose clocks differ, and
// are set now and then. It has the server's time, which is one for all of them.
// How long something takes is told by the machine's own monotonic clock, which
// nobody sets; leases and locks go by no clock at all.

// now: clock_timestamp() goes on within a transaction.
// https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT
func (postgresFlavour) now() string {
	return "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
}

// now: the difference of two times in UTC, as UNIX_TIMESTAMP(NOW(3)) is wrong within
// the hour that a time zone has twice.
// https://dev.mysql.com/doc/refman/8.4/en/date-and-time-functions.html#function_timestampdiff
func (mysqlFlavour) now() string {
	return "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)"
}

// now asks the server what time it is.
func (s store) now(ctx context.Context, c executor) (ms int64, err error) {
	if err := c.QueryRowContext(ctx, "SELECT "+s.f.now()).Scan(&ms); err != nil {
		return 0, fmt.Errorf("asking the server for its time: %w", err)
	}
	return ms, nil
}
