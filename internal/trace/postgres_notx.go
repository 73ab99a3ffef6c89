package trace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

const watchTimeout = 30 * time.Second

// outsideTransaction watches a statement that cannot run in a transaction, and
// so does not keep its locks. It is run once for each of several locks that
// another session holds on every table: each makes it wait at another place, and
// what it holds and waits for there is read.
// https://www.postgresql.org/docs/current/explicit-locking.html#TABLE-LOCK-COMPATIBILITY
func (t *Tracer) outsideTransaction(ctx context.Context, run Run) (Observation, error) {
	all := map[change.Name]Observed{}
	holds := holdsOn(nil)
	for i := 0; i < len(holds); i++ {
		if err := t.prepare(ctx, run.Setup); err != nil {
			return Observation{}, err
		}
		w := watch{run: run, hold: holds[i]}
		err := t.observe(ctx, &w)
		if err != nil || w.refused != nil {
			return Observation{Err: w.refused}, err
		}
		for _, o := range compare(w.before, w.after, w.locks) {
			all[o.Name] = o.join(all[o.Name])
		}
		if tables := lockable(w.before); i == 0 && len(tables) > 1 {
			for _, table := range tables {
				holds = append(holds, holdsOn([]string{table})...)
			}
		}
	}
	seen := Observation{Tables: slices.Collect(maps.Values(all))}
	sortTables(seen.Tables)
	return seen, nil
}

// join is what was seen of a table in two runs of a statement.
func (o Observed) join(other Observed) Observed {
	o.Lock = max(o.Lock, other.Lock)
	o.IndexLock = max(o.IndexLock, other.IndexLock)
	o.Rewrite = o.Rewrite || other.Rewrite
	o.IndexBuild = o.IndexBuild || other.IndexBuild
	o.Scan = o.Scan || other.Scan
	return o
}

// hold is what stands in a statement's way: a lock on some tables, or on all.
// Where there are several, each is held alone as well: a statement takes them one
// after the other, and may be done with the last as soon as it gets the first.
type hold struct {
	lock   change.Lock
	tables []string // nil: all
}

func holdsOn(tables []string) []hold {
	return []hold{
		{change.AccessExclusive, tables}, {change.ShareUpdateExclusive, tables},
		{change.RowExclusive, tables}, {change.AccessShare, tables},
	}
}

// watch is one run of a statement under the eyes of other sessions.
type watch struct {
	run  Run
	hold hold

	before, after snapshot
	locks         lockSet
	refused       error // the server's refusal
}

func (t *Tracer) observe(ctx context.Context, w *watch) error {
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	return t.inSession(ctx, func(runner *sql.Conn) error {
		return t.inSession(ctx, func(holder *sql.Conn) error {
			return t.inSession(ctx, func(watcher *sql.Conn) error {
				return w.sessions(ctx, runner, holder, watcher)
			})
		})
	})
}

func (w *watch) sessions(ctx context.Context, runner, holder, watcher *sql.Conn) (err error) {
	if w.before, err = relations(ctx, runner); err != nil {
		return err
	}
	if err := execAll(ctx, runner, w.run.Session); err != nil {
		return err
	}
	var pid string
	if err := runner.QueryRowContext(ctx, "SELECT pg_backend_pid()::text").Scan(&pid); err != nil {
		return fmt.Errorf("watching: %w", err)
	}
	if err := execAll(ctx, holder, w.hold.statements(w.before)); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		_, err := runner.ExecContext(ctx, w.run.SQL)
		done <- err
	}()
	if err := w.sample(ctx, watcher, holder, pid, done); err != nil || w.refused != nil {
		return err
	}
	w.after, err = relations(ctx, runner)
	return err
}

// statements open a transaction that locks the tables.
func (h hold) statements(there snapshot) []string {
	tables := h.tables
	if tables == nil {
		tables = lockable(there)
	}
	statements := []string{"BEGIN"}
	if len(tables) > 0 {
		statements = append(statements, fmt.Sprintf("LOCK TABLE ONLY %s IN %s MODE", strings.Join(tables, ", ONLY "), h.lock))
	}
	return statements
}

// lockable are the tables that LOCK TABLE locks, quoted.
func lockable(there snapshot) []string {
	var tables []string
	for _, r := range there {
		if r.kind == "r" || r.kind == "p" {
			tables = append(tables, quote(r.name))
		}
	}
	slices.Sort(tables)
	return tables
}

func quote(n change.Name) string {
	q := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	return q(n.Schema) + "." + q(n.Name)
}

// sample reads the statement's locks until it is done. As soon as it waits, the
// holder lets go.
func (w *watch) sample(ctx context.Context, watcher, holder *sql.Conn, pid string, done <-chan error) error {
	w.locks = lockSet{}
	held := true
	for {
		select {
		case w.refused = <-done:
			if held {
				return execAll(ctx, holder, []string{"ROLLBACK"})
			}
			return nil
		default:
		}
		var waits bool
		if err := watcher.QueryRowContext(ctx, "SELECT cardinality(pg_blocking_pids("+pid+")) > 0").Scan(&waits); err != nil {
			return errors.Join(fmt.Errorf("watching: %w", err), <-done)
		}
		locks, err := locksOf(ctx, watcher, pid)
		if err != nil {
			return errors.Join(err, <-done)
		}
		w.locks.add(locks)
		if waits && held {
			held = false
			if err := execAll(ctx, holder, []string{"ROLLBACK"}); err != nil {
				return errors.Join(err, <-done)
			}
		}
	}
}
