package throttle

import (
	"context"
	"database/sql"
	"strings"
)

// postgresSessions are the sessions that do something now, but for ours.
type postgresSessions struct{ most float64 }

// Name says what is watched.
func (postgresSessions) Name() string { return "active session count" }

// Read counts them.
func (s postgresSessions) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	if err := mayMonitor(ctx, c); err != nil {
		return Reading{}, err
	}
	var n int64
	err := ask(ctx, c, needsMonitor, `SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend'
  AND application_name NOT IN ('`+batchesName+`', '`+ourName+`', '`+readsName+`')`, &n)
	if err != nil {
		return Reading{}, err
	}
	return gauge(float64(n), s.most, asCount, "", " sessions are active"), nil
}

// postgresLiteral writes a text as SQL, whatever standard_conforming_strings is.
func postgresLiteral(text string) string {
	return "E'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(text) + "'"
}
