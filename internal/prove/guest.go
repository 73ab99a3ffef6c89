package prove

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"

	"github.com/safemig/safemig/internal/livedb"
)

// sessionAs is a session of a role. The caller closes it.
func (d *database) sessionAs(ctx context.Context, role string) (*sql.Conn, error) {
	if role != "" && d.Dialect != "postgres" {
		return d.guests.session(ctx, d.DSN(), role)
	}
	s, err := d.Session(ctx)
	if err != nil {
		return nil, err
	}
	if err := become(ctx, s, role); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// become makes the session another role's.
// https://www.postgresql.org/docs/current/sql-set-session-authorization.html
func become(ctx context.Context, s *sql.Conn, role string) error {
	if role == "" {
		return nil
	}
	return exec(ctx, s, "SET SESSION AUTHORIZATION "+quote(role))
}

// guests are the ways of accounts into a database of MySQL or MariaDB, where nobody
// can become another: each logs in by itself.
type guests struct {
	mu  sync.Mutex
	way map[string]*livedb.DB
}

func (g *guests) session(ctx context.Context, dsn, account string) (*sql.Conn, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.way[account] == nil {
		_, at, _ := strings.Cut(dsn, "@")
		db, err := livedb.Attach(ctx, account+"@"+at)
		if err != nil {
			return nil, err
		}
		if g.way == nil {
			g.way = map[string]*livedb.DB{}
		}
		g.way[account] = db
	}
	return g.way[account].Session(ctx)
}

func (g *guests) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var failed error
	for _, db := range g.way {
		failed = errors.Join(failed, db.Close())
	}
	return failed
}
