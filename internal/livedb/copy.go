package livedb

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/stdlib"
)

// CopyIn runs a COPY .. FROM STDIN in a session of PostgreSQL's, with the rows from r.
func CopyIn(ctx context.Context, s *sql.Conn, statement string, r io.Reader) error {
	return s.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("COPY: %T is not a session of PostgreSQL", driver)
		}
		if _, err := c.Conn().PgConn().CopyFrom(ctx, r, statement); err != nil {
			return fmt.Errorf("COPY: %w", err)
		}
		return nil
	})
}
