package trace

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func (t *Tracer) mysql(ctx context.Context, run Run) (Observation, error) {
	tables, err := t.tables(ctx, run)
	if err != nil {
		return Observation{}, err
	}
	access := map[string]MetadataLock{}
	for _, table := range tables {
		if access[table], err = t.accessTo(ctx, run, table); err != nil {
			return Observation{}, fmt.Errorf("who waits for %s: %w", table, err)
		}
	}
	seen, err := t.best(ctx, run)
	if err != nil || seen.Err != nil {
		return seen, err
	}
	for i := range seen.Tables {
		seen.Tables[i].Access = access[seen.Tables[i].Name.Name]
	}
	seen.Tables = slices.DeleteFunc(seen.Tables, func(o Observed) bool {
		return !o.Touched() && o.Access == NoMetadataLock && !o.Unseen
	})
	return seen, nil
}

// tables are the tables that the setup makes.
func (t *Tracer) tables(ctx context.Context, run Run) (names []string, err error) {
	if err := t.prepare(ctx, run.Setup); err != nil {
		return nil, err
	}
	err = t.inSession(ctx, func(s *sql.Conn) error {
		names, err = tableNames(ctx, s)
		return err
	})
	t.untouched = err == nil
	return names, err
}

// best carries the statement out with the best algorithm that the server accepts
// and keeps to: MariaDB accepts ALGORITHM=INSTANT for PARTITION BY, and copies;
// OPTIMIZE PARTITION takes any algorithm, and rebuilds.
func (t *Tracer) best(ctx context.Context, run Run) (seen Observation, err error) {
	for from := change.Instant; ; from = change.Inplace {
		if seen, err = t.carryOut(ctx, run, from); err != nil {
			return seen, err
		}
		altered, _ := seen.Table(change.Name{Name: target(run.SQL)})
		var ignored bool
		switch {
		case from == change.Inplace: // it took INSTANT and wrote the rows again all the same
			ignored = seen.Algorithm == change.Inplace
		case seen.Algorithm == change.Instant || seen.Algorithm == change.NoCopy:
			if altered.Rewrite {
				continue
			}
			ignored, err = t.ignoresRequest(ctx, run)
		}
		if ignored {
			seen.Algorithm, seen.ConcurrentDML = change.NoAlgorithm, false
		}
		return seen, err
	}
}

// ignoresRequest says whether the server takes ALGORITHM=COPY and copies
// nothing. Then that it takes INSTANT means nothing either: CHECK PARTITION.
func (t *Tracer) ignoresRequest(ctx context.Context, run Run) (ignores bool, err error) {
	asking, _ := splice(run.SQL, request{algorithm: change.Copy})
	if err := t.prepare(ctx, run.Setup); err != nil {
		return false, err
	}
	err = t.inSession(ctx, func(s *sql.Conn) error {
		before, err := physicalTables(ctx, t.db, s)
		if err != nil {
			return err
		}
		if err := execAll(ctx, s, run.Session); err != nil {
			return err
		}
		if _, refused := s.ExecContext(ctx, asking); refused != nil {
			return nil //nolint:nilerr // a refusal is an answer: it does read the clause
		}
		after, err := physicalTables(ctx, t.db, s)
		ignores = !after.anyRewritten(before)
		return err
	})
	return ignores, err
}

// carryOut runs the statement with the best algorithm that the server accepts,
// from one on, and looks at what became of the tables.
func (t *Tracer) carryOut(ctx context.Context, run Run, from change.Algorithm) (seen Observation, err error) {
	if err := t.prepare(ctx, run.Setup); err != nil {
		return seen, err
	}
	err = t.inSession(ctx, func(s *sql.Conn) error {
		before, err := physicalTables(ctx, t.db, s)
		if err != nil {
			return err
		}
		if err := execAll(ctx, s, run.Session); err != nil {
			return err
		}
		seen.TxAllowed = true
		var locked map[string]RowLocks
		if a, ok := acceptRequest(ctx, s, t.db.Dialect, run.SQL, from); ok {
			seen.Algorithm, seen.ConcurrentDML = a.algorithm, a.concurrent()
		} else if locked, seen.Err, err = t.inOpenTransaction(ctx, s, before.names, run.SQL); err != nil || seen.Err != nil {
			return err
		}
		after, err := physicalTables(ctx, t.db, s)
		seen.Tables = compareMySQL(before, after, locked, seen.Algorithm == change.Copy, target(run.SQL))
		return err
	})
	return seen, err
}

// compareMySQL says what became of each table that was there before. Of a copied
// table of another engine than InnoDB nothing but the algorithm tells.
func compareMySQL(before, after physical, locked map[string]RowLocks, copied bool, target string) []Observed {
	out := make([]Observed, 0, len(before.names))
	for _, table := range before.names {
		o := Observed{Name: change.Name{Name: table}, RowLocks: locked[table], Unseen: !before.inside(table)}
		o.Rewrite = after.rewritten(before, table) || copied && strings.EqualFold(target, table)
		o.IndexBuild = !o.Rewrite && after.indexBuilt(before, table)
		out = append(out, o)
	}
	return out
}

// inOpenTransaction runs a statement that takes no ALGORITHM, and says which rows
// it keeps locked until its transaction ends.
func (t *Tracer) inOpenTransaction(ctx context.Context, s *sql.Conn, tables []string, text string) (locked map[string]RowLocks, refused, err error) {
	if err := execAll(ctx, s, []string{"BEGIN"}); err != nil {
		return nil, nil, err
	}
	if _, refused := s.ExecContext(ctx, text); refused != nil {
		return nil, refused, execAll(ctx, s, []string{"ROLLBACK"})
	}
	if holdsRows(text) {
		if locked, err = t.rowLocks(ctx, tables); err != nil {
			return nil, nil, err
		}
	}
	return locked, nil, execAll(ctx, s, []string{"COMMIT", "UNLOCK TABLES"})
}

// holdsRows says whether a statement leaves the transaction open.
// https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
func holdsRows(text string) bool {
	switch first, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(text)), " "); first {
	case "INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "WITH", "CALL":
		return true
	}
	return false
}

// RowLocks says which rows of a table are locked.
type RowLocks uint8

// The answers.
const (
	NoRows RowLocks = iota
	SomeRows
	AllRows
)

func (r RowLocks) String() string { return [...]string{"none", "some", "all"}[r] }

// rowLocks asks, from another session, which rows could be locked for update.
func (t *Tracer) rowLocks(ctx context.Context, tables []string) (map[string]RowLocks, error) {
	out := map[string]RowLocks{}
	err := t.inSession(ctx, func(s *sql.Conn) error {
		for _, table := range tables {
			var all, free int
			if err := s.QueryRowContext(ctx, "SELECT count(*) FROM "+backquote(table)).Scan(&all); err != nil {
				return fmt.Errorf("rows of %s: %w", table, err)
			}
			list, err := collect(ctx, s, func(r *sql.Rows, one *int) error { return r.Scan(one) },
				"SELECT 1 FROM "+backquote(table)+" FOR UPDATE SKIP LOCKED")
			if err != nil {
				return err
			}
			free = len(list)
			switch {
			case all > 0 && free == 0:
				out[table] = AllRows
			case free < all:
				out[table] = SomeRows
			}
		}
		return nil
	})
	return out, err
}

func backquote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
