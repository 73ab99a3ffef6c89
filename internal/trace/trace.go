// Package trace runs a statement on a throw-away server and says what the
// server did: which locks it took on which tables, what it wrote again, built or
// read, and whether others could go on meanwhile.
package trace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// Run is a statement to watch, and what comes before it. Everything that was
// in the server is thrown away first.
type Run struct {
	Setup   []string // committed by another session: tables with rows in them
	Session []string // SET and the like, by the session that runs the statement
	SQL     string
}

// Observed is what a statement did to one table, view or sequence. A table that
// the statement itself creates is left out.
type Observed struct {
	Name change.Name // as it was called before
	// Lock is the strongest lock on the relation itself, IndexLock on one of
	// its indexes. PostgreSQL only.
	Lock, IndexLock change.Lock
	// Access is who else keeps the statement waiting. MySQL and MariaDB only.
	Access MetadataLock
	// Rewrite: its rows were all written again. IndexBuild: an index over its
	// rows was built. Scan: its rows were all read (PostgreSQL only).
	Rewrite, IndexBuild, Scan bool
	// Empty: it held no rows, so that no work on them could show. Partitioned:
	// it never holds any itself. PostgreSQL only.
	Empty, Partitioned bool
	// Unseen: it is of another engine than InnoDB, so that what is done to its rows
	// cannot be seen. MySQL and MariaDB only.
	Unseen bool
	// RowLocks says which of its rows the statement left locked in its
	// transaction. MySQL and MariaDB only.
	RowLocks RowLocks
}

// Work is the worst of what was done.
func (o Observed) Work() change.Work {
	switch {
	case o.Rewrite:
		return change.Rewrite
	case o.IndexBuild:
		return change.IndexBuild
	case o.Scan:
		return change.Scan
	}
	return change.NoWork
}

// Touched says whether the statement locked the table itself or worked on its rows,
// rather than on its indexes alone.
func (o Observed) Touched() bool {
	return o.Lock != change.NoLock || o.Access > NotExclusive || o.Work() != change.NoWork || o.RowLocks != NoRows
}

// Observation is what a statement did.
type Observation struct {
	Tables    []Observed // sorted by name
	TxAllowed bool       // it can run in a transaction block; always so on MySQL and MariaDB
	// Algorithm is the best that the server accepts, with ConcurrentDML saying
	// whether it does so with LOCK=NONE. NoAlgorithm where the statement takes
	// no such clause. MySQL and MariaDB only.
	Algorithm     change.Algorithm
	ConcurrentDML bool
	// Err is the server's refusal of the statement; nothing else is observed then.
	Err error
}

// Table is what was observed of a table, and whether anything was.
func (o Observation) Table(n change.Name) (Observed, bool) {
	for _, t := range o.Tables {
		if t.Name == n {
			return t, true
		}
	}
	return Observed{}, false
}

func sortTables(tables []Observed) {
	slices.SortFunc(tables, func(a, b Observed) int { return strings.Compare(a.Name.String(), b.Name.String()) })
}

// Tracer watches statements on one server of ours, one after the other. It is not
// safe for concurrent use.
type Tracer struct {
	db *livedb.DB
	// setup is what was run last. untouched says that nothing has changed since,
	// so that it need not be run again.
	setup     []string
	untouched bool
}

// On is a tracer on a throw-away server. What is in the server is thrown away.
func On(db *livedb.DB) *Tracer { return &Tracer{db: db} }

// Watch runs a statement and says what it did. An error is a failure to watch;
// the server's own refusal is in the observation.
func (t *Tracer) Watch(ctx context.Context, run Run) (Observation, error) {
	if t.db.Dialect == "postgres" {
		return t.postgres(ctx, run)
	}
	return t.mysql(ctx, run)
}

// prepare throws away what was there and runs the setup, unless that is just
// what is there.
func (t *Tracer) prepare(ctx context.Context, setup []string) error {
	if t.untouched && slices.Equal(t.setup, setup) {
		t.untouched = false
		return nil
	}
	t.setup, t.untouched = setup, false
	if err := t.db.Reset(ctx); err != nil {
		return err
	}
	return t.inSession(ctx, func(s *sql.Conn) error { return execAll(ctx, s, setup) })
}

// leftAlone notes that a run changed nothing: its statement was rolled back or
// killed, and its session did no more than SET.
func (t *Tracer) leftAlone(run Run) {
	t.untouched = !slices.ContainsFunc(run.Session, func(text string) bool {
		first, _, _ := strings.Cut(strings.ToUpper(text), " ")
		return first != "SET" && first != "RESET"
	})
}

func execAll(ctx context.Context, s *sql.Conn, statements []string) error {
	for _, text := range statements {
		if _, err := s.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// inSession opens a session, runs f in it and closes it.
func (t *Tracer) inSession(ctx context.Context, f func(*sql.Conn) error) error {
	s, err := t.db.Session(ctx)
	if err != nil {
		return err
	}
	return errors.Join(f(s), s.Close())
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, s *sql.Conn, scan func(*sql.Rows, *T) error, query string, args ...any) ([]T, error) {
	rows, err := s.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	var out []T
	for rows.Next() {
		var v T
		if err = scan(rows, &v); err != nil {
			break
		}
		out = append(out, v)
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	return out, nil
}
