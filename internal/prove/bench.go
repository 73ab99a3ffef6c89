package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/trace"
)

// Bench is a pair of throw-away servers of one version: one holds a database for
// each state of each case, the other, where there is one, is reset for every
// statement that is traced.
// It is safe for concurrent use.
type Bench struct {
	Server livedb.Server

	flavour flavour
	db      *database
	counter atomic.Int64

	tracing sync.Mutex
	traceDB *livedb.DB
	tracer  *trace.Tracer
}

// Open starts the servers.
func Open(ctx context.Context, s livedb.Server) (*Bench, error) {
	f := flavourOf(s.Dialect)
	db, err := s.Start(ctx, livedb.Options{Settings: f.settings()})
	if err != nil {
		return nil, err
	}
	b := &Bench{Server: s, flavour: f, db: &database{DB: db}}
	if !f.traced() {
		return b, nil
	}
	traceDB, err := s.Start(ctx, livedb.Options{})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	b.traceDB, b.tracer = traceDB, trace.On(traceDB)
	return b, nil
}

// Close stops the servers.
func (b *Bench) Close() error {
	err := b.db.Close()
	if b.traceDB != nil {
		err = errors.Join(err, b.traceDB.Close())
	}
	return err
}

// database is a database of the bench.
type database struct {
	*livedb.DB
	name   string
	guests guests
}

// create makes a database: a copy of another where the server can make one, or an
// empty one. Nobody may be connected to the other.
func (b *Bench) create(ctx context.Context, from *database) (*database, error) {
	d, _, err := b.perhapsCopy(ctx, from)
	return d, err
}

// perhapsCopy says too whether it is a copy.
func (b *Bench) perhapsCopy(ctx context.Context, from *database) (d *database, copied bool, err error) {
	name := fmt.Sprintf("prove_%d", b.counter.Add(1))
	if copied, err = b.flavour.create(ctx, b, name, from); err != nil {
		return nil, false, err
	}
	dsn, err := b.flavour.address(b.db.DSN(), name)
	if err != nil {
		return nil, false, err
	}
	db, err := livedb.Attach(ctx, dsn)
	if err != nil {
		return nil, false, fmt.Errorf("database %s: %w", name, err)
	}
	return &database{DB: db, name: name}, copied, nil
}

// drop removes a database, whoever is connected to it.
func (b *Bench) drop(ctx context.Context, d *database) error {
	closed := errors.Join(d.guests.close(), d.Close())
	err := b.flavour.remove(ctx, b, d.name)
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
func (d *database) as(ctx context.Context, role string, f func(*sql.Conn) error) error {
	s, err := d.sessionAs(ctx, role)
	if err != nil {
		return err
	}
	return errors.Join(f(s), s.Close())
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
