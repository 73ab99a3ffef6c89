package throttle

import (
	"context"
	"database/sql"

	"github.com/safemig/safemig/internal/livedb"
)

// ask reads one row. What the user may not read becomes a LacksError.
func ask(ctx context.Context, c *sql.Conn, need, query string, into ...any) error {
	return lacking(c.QueryRowContext(ctx, query).Scan(into...), need)
}

// lacking turns a server's refusal into what it takes to be let in.
func lacking(err error, need string) error {
	switch livedb.ErrorCode(err) {
	case "42501", // PostgreSQL: insufficient_privilege
		"1044", "1142", "1143", "1227", "1370": // MySQL, MariaDB: of a database, a table, a column, in general, of a routine
		return &LacksError{need}
	}
	return err
}

const needsMonitor = "pg_monitor"

// mayMonitor: PostgreSQL shows other users' sessions with NULLs in place of what
// one may not see, and no error.
// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-VIEWS
func mayMonitor(ctx context.Context, c *sql.Conn) error {
	var may bool
	if err := c.QueryRowContext(ctx, "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')").Scan(&may); err != nil {
		return err
	}
	if !may {
		return &LacksError{needsMonitor}
	}
	return nil
}

// rowsOf calls each for every row.
func rowsOf(ctx context.Context, c *sql.Conn, need, query string, each func(scan func(...any) error) error) (err error) {
	rows, err := c.QueryContext(ctx, query)
	if err != nil {
		return lacking(err, need)
	}
	defer func() {
		if closing := rows.Close(); err == nil {
			err = closing
		}
	}()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return lacking(rows.Err(), need)
}
