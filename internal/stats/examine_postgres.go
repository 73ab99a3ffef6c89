package stats

import (
	"context"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/livedb"
)

// pgServer reads settings, and how much WAL is written anyway (from 14 on).
// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-WAL-VIEW
func (x *examiner) pgServer(ctx context.Context) error {
	wal := "SELECT -1, 0"
	if x.db.Version.Major >= 14 {
		wal = "SELECT wal_bytes, extract(epoch FROM now() - stats_reset) FROM pg_catalog.pg_stat_wal"
	}
	_, rows, err := livedb.Texts(ctx, x.tx, `SELECT pg_catalog.current_setting('wal_level'), (SELECT setting::bigint << 20 FROM pg_catalog.pg_settings WHERE name = 'max_wal_size'),
  (SELECT setting::bigint << 10 FROM pg_catalog.pg_settings WHERE name = 'maintenance_work_mem'), s.* FROM (`+wal+`) s`)
	if err != nil || len(rows) == 0 {
		return err
	}
	row := rows[0]
	x.server.Minimal = row[0].String == "minimal"
	x.server.MaxWAL, x.server.Memory = number(row[1].String), number(row[2].String)
	x.server.LogRate, x.server.LogSince = rate(number(row[3].String), number(row[4].String))
	return nil
}

// pgReplicas reads how far replicas are behind, as far as the role may see it.
func (x *examiner) pgReplicas(ctx context.Context) error {
	_, rows, err := livedb.Texts(ctx, x.tx, `SELECT coalesce(nullif(application_name, ''), host(client_addr), 'without a name'), coalesce(extract(epoch FROM replay_lag), 0)
  FROM pg_catalog.pg_stat_replication WHERE state <> 'backup' ORDER BY 1`)
	for _, r := range rows {
		x.server.Replicas = append(x.server.Replicas, estimate.Replica{Name: r[0].String, Lag: time.Duration(number(r[1].String) * float64(time.Second))})
	}
	return err
}

// pgTables reads what tables are like, and how many rows of them are written.
func (x *examiner) pgTables(ctx context.Context) error {
	return x.each(ctx, `SELECT n.nspname, c.relname, coalesce((SELECT option_value FROM pg_catalog.pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'), '100'), c.relnatts,
  pg_catalog.pg_stat_get_tuples_inserted(c.oid) + pg_catalog.pg_stat_get_tuples_updated(c.oid) + pg_catalog.pg_stat_get_tuples_deleted(c.oid),
  extract(epoch FROM now() - coalesce((SELECT stats_reset FROM pg_catalog.pg_stat_database WHERE datname = current_database()), (SELECT stats_reset FROM pg_catalog.pg_stat_bgwriter))),
  CASE WHEN c.relkind <> 'p' THEN pg_catalog.pg_indexes_size(c.oid) END
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') AND `+x.in("n.nspname", "c.relname"),
		func(t *estimate.Table, row []string) {
			t.Fillfactor, t.Columns = number(row[0]), int(number(row[1]))
			t.Writes, t.Since = rate(number(row[2]), number(row[3]))
			t.IndexBytes = number(row[4])
		})
}

// pgWidths reads how wide the values of columns are, and whether they differ: those of a
// table's own rows, else those of its partitions. A table that was never analyzed has none.
func (x *examiner) pgWidths(ctx context.Context) error {
	return x.each(ctx, `SELECT schemaname, tablename, attname, avg_width, n_distinct < -0.5 FROM pg_catalog.pg_stats WHERE `+x.in("schemaname", "tablename")+` ORDER BY inherited DESC`,
		func(t *estimate.Table, row []string) {
			if t.Widths == nil {
				t.Widths, t.Distinct = map[string]float64{}, map[string]bool{}
			}
			t.Widths[strings.ToLower(row[0])], t.Distinct[strings.ToLower(row[0])] = number(row[1]), row[2] == "true"
		})
}

// pgIndexes reads the indexes of tables.
func (x *examiner) pgIndexes(ctx context.Context) error {
	return x.each(ctx, `SELECT n.nspname, c.relname, x.relname, pg_catalog.pg_relation_size(x.oid),
  coalesce((SELECT pg_catalog.string_agg(a.attname, E'\n') FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey::pg_catalog.int2[])), '')
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE `+x.in("n.nspname", "c.relname")+` ORDER BY 1, 2, 3`,
		func(t *estimate.Table, row []string) {
			i := estimate.Index{Name: row[0], Bytes: number(row[1])}
			if row[2] != "" {
				i.Columns = strings.Split(row[2], "\n")
			}
			t.Indexes = append(t.Indexes, i)
		})
}
