package throttle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// tableTree is a table with its partitions and children.
func tableTree(table string) string {
	return `
WITH RECURSIVE tree(oid) AS (SELECT to_regclass(` + postgresLiteral(table) + `)::oid
  UNION SELECT inhrelid FROM pg_inherits JOIN tree ON inhparent = tree.oid)`
}

// vacuum is an (auto)vacuum that works on the table: the batches would only make
// it more to do.
type vacuum struct{ table string }

// Name says what is watched.
func (vacuum) Name() string { return "vacuum" }

// Read says whether one runs, and how far it is.
func (v vacuum) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	if err := mayMonitor(ctx, c); err != nil {
		return Reading{}, err
	}
	if err := v.there(ctx, c); err != nil {
		return Reading{}, err
	}
	var kind, table, phase string
	var share float64
	err := ask(ctx, c, needsMonitor, tableTree(v.table)+`
SELECT CASE WHEN a.backend_type = 'autovacuum worker' THEN 'autovacuum' ELSE 'VACUUM' END, p.relid::regclass::text, p.phase,
  coalesce(p.heap_blks_scanned::float8 / nullif(p.heap_blks_total, 0), 0)
FROM pg_stat_progress_vacuum p JOIN tree ON p.relid = tree.oid LEFT JOIN pg_stat_activity a ON a.pid = p.pid
WHERE p.datname = current_database() ORDER BY p.pid LIMIT 1`, &kind, &table, &phase, &share)
	if errors.Is(err, sql.ErrNoRows) {
		return calm("no VACUUM runs on the table"), nil
	}
	if err != nil {
		return Reading{}, err
	}
	return Reading{Figure: 1, Over: true, Value: asShare(share), Text: fmt.Sprintf("%s runs on %s (%s, %s)", kind, oneLine(table), phase, asShare(share))}, nil
}

func (v vacuum) there(ctx context.Context, c *sql.Conn) error {
	var there bool
	if err := c.QueryRowContext(ctx, "SELECT to_regclass("+postgresLiteral(v.table)+") IS NOT NULL").Scan(&there); err != nil {
		return err
	}
	if !there {
		return unknown("there is no table %s", oneLine(v.table))
	}
	return nil
}

// deadRows is the share of dead rows in the table.
type deadRows struct {
	table string
	most  float64
}

// Name says what is watched.
func (deadRows) Name() string { return "dead row share" }

// Read goes by the statistics, which a VACUUM sets right.
func (d deadRows) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	if err := (vacuum{d.table}).there(ctx, c); err != nil {
		return Reading{}, err
	}
	var share float64
	err := ask(ctx, c, needsMonitor, tableTree(d.table)+`
SELECT coalesce(sum(n_dead_tup) / nullif(sum(n_dead_tup + n_live_tup), 0), 0)::float8 FROM pg_stat_all_tables JOIN tree ON relid = tree.oid`, &share)
	if err != nil {
		return Reading{}, err
	}
	return gauge(share, d.most, asShare, "", " of the table's rows are dead"), nil
}
