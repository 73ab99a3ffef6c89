package gate

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/fact"
)

const needsStats = "GRANT pg_read_all_stats to it (or pg_monitor)"

// mayReadStats: PostgreSQL shows what others run with a text in its place, and no error.
// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-VIEWS
func mayReadStats(ctx context.Context, s *sql.Conn) error {
	var may bool
	if err := s.QueryRowContext(ctx, "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')").Scan(&may); err != nil {
		return err
	}
	if !may {
		return &lacksError{needsStats}
	}
	return nil
}

// pgStatements reads pg_stat_statements, as far as a text has one of the tables in it.
// Which columns it has goes by the extension's version, not by the server's.
// https://www.postgresql.org/docs/current/pgstatstatements.html
func pgStatements(ctx context.Context, s *sql.Conn, tables []string, to *snapshot) error {
	var schema string
	err := s.QueryRowContext(ctx, "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'").Scan(&schema)
	if isNoRows(err) {
		return unknownFor("pg_stat_statements is not in this database", "add it to shared_preload_libraries, restart, and CREATE EXTENSION pg_stat_statements")
	}
	if err != nil {
		return err
	}
	var track sql.NullString
	if err := s.QueryRowContext(ctx, "SELECT current_setting('pg_stat_statements.track', true)").Scan(&track); err != nil {
		return err
	}
	switch track.String {
	case "":
		return unknownFor("pg_stat_statements is not loaded", "add it to shared_preload_libraries and restart")
	case "none":
		return unknownFor("pg_stat_statements counts nothing", "SET pg_stat_statements.track = 'top' for all")
	}
	if err := mayReadStats(ctx, s); err != nil {
		return err
	}
	has := map[string]bool{}
	columns, err := texts(ctx, s, "SELECT attname FROM pg_attribute WHERE attrelid = ($1 || '.pg_stat_statements')::regclass AND attnum > 0", schema)
	if err != nil {
		return err
	}
	for _, name := range columns {
		has[name] = true
	}
	if err := pgReach(ctx, s, schema, to); err != nil {
		return err
	}
	return each(ctx, s, pgStatementsQuery(schema, has, tables), nil, func(scan func(...any) error) error {
		var st statement
		var first, since sql.NullFloat64
		var id int64
		if err := scan(&st.key, &id, &st.sql, &st.calls, &first, &since, &st.ran); err != nil {
			return err
		}
		st.first, st.since = seconds(first), seconds(since)
		st.reset = fmt.Sprintf("SELECT %s.pg_stat_statements_reset(0, 0, %d)", schema, id)
		to.statements = append(to.statements, st)
		return nil
	})
}

func pgStatementsQuery(schema string, has map[string]bool, tables []string) string {
	or := func(name, expression, without string) string {
		if has[name] {
			return expression
		}
		return without
	}
	var named []string
	for _, t := range tables {
		named = append(named, "position("+pgText(strings.ToLower(t))+" IN lower(query)) > 0")
	}
	return "SELECT userid || ' ' || queryid || ' ' || " + or("toplevel", "toplevel::text", "''") + ", queryid, query, calls, " +
		or("stats_since", "extract(epoch FROM clock_timestamp() - stats_since)::float8", "NULL::float8") + ", " +
		or("minmax_stats_since", "extract(epoch FROM clock_timestamp() - minmax_stats_since)::float8", "NULL::float8") + ", " +
		or("max_exec_time", "max_exec_time > 0", "true") +
		" FROM " + schema + ".pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL AND query IS NOT NULL" +
		" AND (" + strings.Join(append(named, "false"), " OR ") + ") LIMIT 20000"
}

// pgReach reads since when statements are counted, from PostgreSQL 14 on.
func pgReach(ctx context.Context, s *sql.Conn, schema string, to *snapshot) error {
	var there bool
	if err := s.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", schema+".pg_stat_statements_info").Scan(&there); err != nil || !there {
		return err
	}
	var age sql.NullFloat64
	if err := s.QueryRowContext(ctx, "SELECT extract(epoch FROM clock_timestamp() - stats_reset)::float8 FROM "+schema+".pg_stat_statements_info").Scan(&age); err != nil {
		return err
	}
	if d := seconds(age); d != nil {
		to.reach, to.reachKnown = *d, true
	}
	return nil
}

// pgText is a literal.
func pgText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// pgSessions reads what others run, and ran last.
func pgSessions(ctx context.Context, s *sql.Conn, to *snapshot) error {
	if err := mayReadStats(ctx, s); err != nil {
		return err
	}
	const query = `SELECT coalesce(nullif(application_name, ''), usename, 'somebody') || ' (pid ' || pid || ')', query,
  octet_length(query) >= pg_size_bytes(current_setting('track_activity_query_size')) - 1, state <> 'idle', coalesce(extract(epoch FROM clock_timestamp() - query_start), 0)::float8
  FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND query <> ''
   AND application_name NOT LIKE 'safemig %'`
	return each(ctx, s, query, nil, func(scan func(...any) error) error {
		var one session
		var began sql.NullFloat64
		var cut, now sql.NullBool
		if err := scan(&one.who, &one.sql, &cut, &now, &began); err != nil {
			return err
		}
		one.cut, one.now, one.began = cut.Bool, now.Bool, *seconds(began)
		to.sessions = append(to.sessions, one)
		return nil
	})
}

// pgUses reads how often tables were read and written, the parts of a table by themselves.
func pgUses(ctx context.Context, s *sql.Conn, v fact.Version, tables []string, to *snapshot) error {
	last := "NULL::float8"
	if !v.Less(fact.V(16)) {
		last = "extract(epoch FROM clock_timestamp() - max(last_idx_scan))::float8"
	}
	var names []string
	for _, t := range tables {
		names = append(names, pgText(t))
	}
	to.uses = map[string]tableUse{}
	query := "SELECT relname, sum(seq_scan + coalesce(idx_scan, 0))::bigint, sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint, " + last +
		" FROM pg_stat_user_tables WHERE relname IN (" + strings.Join(append(names, "''"), ", ") + ") GROUP BY relname"
	return each(ctx, s, query, nil, func(scan func(...any) error) error {
		var name string
		var use tableUse
		var index sql.NullFloat64
		if err := scan(&name, &use.reads, &use.writes, &index); err != nil {
			return err
		}
		use.lastIndex = seconds(index)
		to.uses[name] = use
		return nil
	})
}

// statsDelay is how long a session may keep its counts to itself.
// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-VIEWS
const statsDelay = time.Second
