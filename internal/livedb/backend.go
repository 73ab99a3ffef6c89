package livedb

import (
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5/stdlib"
)

// BackendPID is the number of a PostgreSQL session's process as it was told when the
// connection was made. Where it is another than pg_backend_pid() says, something
// stands between: a pooler makes the number up.
// https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-BACKENDKEYDATA
func BackendPID(s *sql.Conn) (pid int64, err error) {
	err = s.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("%T is not a session of PostgreSQL", driver)
		}
		pid = int64(c.Conn().PgConn().PID())
		return nil
	})
	return pid, err
}

// InTransaction says whether a PostgreSQL session is in a transaction block, as the
// server told with its last answer.
// https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-READYFORQUERY
func InTransaction(s *sql.Conn) (in bool, err error) {
	err = s.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("%T is not a session of PostgreSQL", driver)
		}
		in = c.Conn().PgConn().TxStatus() != 'I'
		return nil
	})
	return in, err
}
