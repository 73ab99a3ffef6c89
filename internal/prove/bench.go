package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/trace"
)

// Bench is a pair of throw-away servers of one version: one holds a database for
// each state of each case, the other is reset for every statement that is traced.
// It is safe for concurrent use.
type Bench struct {
	Server livedb.Server

	db      *database
	counter atomic.Int64

	tracing sync.Mutex
	traceDB *livedb.DB
	tracer  *trace.Tracer
}

// Open starts the servers.
func Open(ctx context.Context, s livedb.Server) (*Bench, error) {
	// Each case has a dozen sessions at most.
	db, err := s.Start(ctx, livedb.Options{Settings: []string{"max_connections=200", "deadlock_timeout=1s"}})
	if err != nil {
		return nil, err
	}
	traceDB, err := s.Start(ctx, livedb.Options{})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Bench{Server: s, db: &database{DB: db, name: "postgres"}, traceDB: traceDB, tracer: trace.On(traceDB)}, nil
}

// Close stops the servers.
func (b *Bench) Close() error { return errors.Join(b.db.Close(), b.traceDB.Close()) }

// database is a database of the bench.
type database struct {
	*livedb.DB
	name string
}

// create makes a database: a copy of another, or an empty one. Nobody may be
// connected to the other.
func (b *Bench) create(ctx context.Context, from *database) (*database, error) {
	name := fmt.Sprintf("prove_%d", b.counter.Add(1))
	statement := "CREATE DATABASE " + name
	if from != nil {
		statement += " TEMPLATE " + from.name
	}
	if _, err := b.db.ExecContext(ctx, statement); err != nil {
		return nil, fmt.Errorf("%s: %w", statement, err)
	}
	dsn, err := url.Parse(b.db.DSN())
	if err != nil {
		return nil, fmt.Errorf("the server's address: %w", err)
	}
	dsn.Path = "/" + name
	db, err := livedb.Attach(ctx, dsn.String())
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", name, err)
	}
	return &database{DB: db, name: name}, nil
}

// drop removes a database, whoever is connected to it.
func (b *Bench) drop(ctx context.Context, d *database) error {
	closed := d.Close()
	_, err := b.db.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+d.name+"'")
	if err == nil {
		_, err = b.db.ExecContext(ctx, "DROP DATABASE "+d.name)
	}
	if err != nil {
		err = fmt.Errorf("removing database %s: %w", d.name, err)
	}
	return errors.Join(closed, err)
}

// session runs f in a session of its own.
func (d *database) session(ctx context.Context, f func(*sql.Conn) error) error {
	s, err := d.Session(ctx)
	if err != nil {
		return err
	}
	return errors.Join(f(s), s.Close())
}

// as runs f in a session of a role: it has that role's rights, and its policies
// hold for it. No role: the server's own user.
// https://www.postgresql.org/docs/current/sql-set-session-authorization.html
func (d *database) as(ctx context.Context, role string, f func(*sql.Conn) error) error {
	return d.session(ctx, func(s *sql.Conn) error {
		if err := become(ctx, s, role); err != nil {
			return err
		}
		return f(s)
	})
}

func become(ctx context.Context, s *sql.Conn, role string) error {
	if role == "" {
		return nil
	}
	return exec(ctx, s, "SET SESSION AUTHORIZATION "+quote(role))
}

// exec runs statements one by one in a session.
func exec(ctx context.Context, s *sql.Conn, statements ...string) error {
	for _, text := range statements {
		if _, err := s.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%w\nin %s", err, strings.TrimSpace(text))
		}
	}
	return nil
}

// table reads all rows of a query as texts; NULL is nil.
func table(ctx context.Context, s *sql.Conn, query string) ([][]*string, error) {
	rows, err := s.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%w\nin %s", err, query)
	}
	out, err := scanAll(rows)
	if err != nil {
		return nil, fmt.Errorf("%w\nin %s", err, query)
	}
	return out, nil
}

func scanAll(rows *sql.Rows) ([][]*string, error) {
	columns, err := rows.Columns()
	var out [][]*string
	for err == nil && rows.Next() {
		row, into := make([]*string, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err = rows.Scan(into...); err == nil {
			out = append(out, row)
		}
	}
	return out, errors.Join(err, rows.Err(), rows.Close())
}

// text is a value that may be NULL.
func text(v *string) string {
	if v == nil {
		return "NULL"
	}
	return *v
}

// quote quotes an identifier, whether that is needed or not.
func quote(ident string) string { return `"` + strings.ReplaceAll(ident, `"`, `""`) + `"` }

// literal is a string constant.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
