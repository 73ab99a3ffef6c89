package gate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// sessionName is what PostgreSQL shows as the name of our sessions.
const sessionName = "safemig gate"

// within looks at a server in a short transaction that can write nothing, and in which
// no statement runs or waits for longer than a check may take.
func (c *checker) within(ctx context.Context, db *livedb.DB, do func(ctx context.Context, s *sql.Conn) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, c.Options.timeout())
	defer cancel()
	s, err := db.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // nothing is left in it that could be lost
	for _, set := range append(manners(db, c.Options.timeout()), readOnly(db)) {
		if _, err := s.ExecContext(ctx, set); err != nil {
			return fmt.Errorf("%s: %w", set, err)
		}
	}
	if err := do(ctx, s); err != nil {
		return err
	}
	if _, err := s.ExecContext(ctx, "ROLLBACK"); err != nil {
		return fmt.Errorf("ending the transaction: %w", err)
	}
	return nil
}

// manners are the settings of a session that looks.
func manners(db *livedb.DB, limit time.Duration) []string {
	ms := max(limit.Milliseconds(), 1)
	switch db.Dialect {
	case "postgres":
		return []string{"SET application_name = '" + sessionName + "'", fmt.Sprintf("SET statement_timeout = %d", ms), fmt.Sprintf("SET lock_timeout = %d", min(ms, 2000))}
	case "mariadb":
		return []string{fmt.Sprintf("SET max_statement_time = %g", float64(ms)/1000), "SET lock_wait_timeout = 2"}
	}
	return []string{fmt.Sprintf("SET max_execution_time = %d", ms), "SET lock_wait_timeout = 2"}
}

func readOnly(db *livedb.DB) string {
	if db.Dialect == "postgres" {
		return "BEGIN READ ONLY"
	}
	return "START TRANSACTION READ ONLY"
}

// lacksError is what a user would need to be let in.
type lacksError struct{ grant string }

func (e *lacksError) Error() string { return "this user may not look: " + e.grant }

// lacking turns a server's refusal into the grant that it takes.
func lacking(err error, grant string) error {
	switch livedb.ErrorCode(err) {
	case "42501", // PostgreSQL: insufficient_privilege
		"1044", "1142", "1143", "1227", "1370", "1045": // MySQL, MariaDB: of a database, a table, a column, in general, of a routine
		return &lacksError{grant}
	}
	return err
}

// failed is the result of a check that could not be made.
func failed(ctx context.Context, err error, limit time.Duration) Result {
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil, livedb.ErrorCode(err) == "57014", livedb.ErrorCode(err) == "3024", livedb.ErrorCode(err) == "1969":
		return found(Unknown, fmt.Sprintf("no answer within %s (gates: timeout)", inWords(limit)))
	}
	return found(Unknown, oneLine(err.Error()))
}

// each calls do for every row of a query.
func each(ctx context.Context, s *sql.Conn, query string, args []any, do func(scan func(...any) error) error) (err error) {
	rows, err := s.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := do(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// texts are the first column of a query's rows.
func texts(ctx context.Context, s *sql.Conn, query string, args ...any) (out []string, err error) {
	err = each(ctx, s, query, args, func(scan func(...any) error) error {
		var text sql.NullString
		err := scan(&text)
		out = append(out, text.String)
		return err
	})
	return out, err
}
