package gate

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/internal/livedb"
)

const needsSchema = "GRANT SELECT ON performance_schema.* to it"

// myStatements reads the digests of performance_schema, as far as one has one of the
// tables in it, and those that are cut off.
// https://dev.mysql.com/doc/refman/8.4/en/performance-schema-statement-summary-tables.html
// https://mariadb.com/kb/en/performance-schema-events_statements_summary_by_digest-table/
func myStatements(ctx context.Context, s *sql.Conn, tables []string, to *snapshot) error {
	if err := myCounts(ctx, s, to); err != nil {
		return err
	}
	var named []string
	for _, t := range tables {
		named = append(named, "locate("+myText(strings.ToLower(t))+", lower(DIGEST_TEXT)) > 0")
	}
	const cut = "DIGEST_TEXT LIKE '%...' AND DIGEST_TEXT NOT LIKE '%(...' AND char_length(DIGEST_TEXT) > 500"
	query := `SELECT concat(coalesce(SCHEMA_NAME, ''), ' ', coalesce(DIGEST, '')), coalesce(SCHEMA_NAME, ''), DIGEST_TEXT, ` + cut + `, COUNT_STAR,
  timestampdiff(MICROSECOND, LAST_SEEN, now(6)) / 1000000, timestampdiff(MICROSECOND, FIRST_SEEN, now(6)) / 1000000
  FROM performance_schema.events_statements_summary_by_digest WHERE DIGEST_TEXT IS NOT NULL AND (` + strings.Join(append(named, cut), " OR ") + `) LIMIT 20000`
	return each(ctx, s, query, nil, func(scan func(...any) error) error {
		var st statement
		var last, first sql.NullFloat64
		if err := scan(&st.key, &st.schema, &st.sql, &st.cut, &st.calls, &last, &first); err != nil {
			return err
		}
		st.last, st.first = seconds(last), seconds(first)
		to.statements = append(to.statements, st)
		return nil
	})
}

// myCounts looks whether statements are counted at all, since when, and whether there
// was room for all.
func myCounts(ctx context.Context, s *sql.Conn, to *snapshot) error {
	var on bool
	if err := s.QueryRowContext(ctx, "SELECT @@global.performance_schema").Scan(&on); err != nil {
		return err
	}
	if !on {
		return unknownFor("performance_schema is off", "set performance_schema = ON in the server's configuration and restart; MariaDB has it off unless told otherwise")
	}
	var consumer string
	err := s.QueryRowContext(ctx, "SELECT ENABLED FROM performance_schema.setup_consumers WHERE NAME = 'statements_digest'").Scan(&consumer)
	if err != nil {
		return myLacking(err)
	}
	if consumer != "YES" {
		return unknownFor("performance_schema counts no statements", "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME IN ('global_instrumentation', 'thread_instrumentation', 'statements_digest')")
	}
	var name string
	var uptime int64
	if err := s.QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE 'Uptime'").Scan(&name, &uptime); err != nil {
		return err
	}
	to.reach, to.reachKnown = time.Duration(uptime)*time.Second, true
	var oldest, lost sql.NullFloat64
	err = s.QueryRowContext(ctx, `SELECT max(timestampdiff(MICROSECOND, FIRST_SEEN, now(6))) / 1000000,
  min(CASE WHEN DIGEST IS NULL THEN timestampdiff(MICROSECOND, LAST_SEEN, now(6)) END) / 1000000 FROM performance_schema.events_statements_summary_by_digest`).Scan(&oldest, &lost)
	if err != nil {
		return myLacking(err)
	}
	if d := seconds(oldest); d != nil { // TRUNCATE TABLE empties it while the server runs
		to.reach = min(to.reach, *d)
	}
	if d := seconds(lost); d != nil {
		to.lost = max(*d, time.Nanosecond)
	}
	return myPreparedRuns(ctx, s, to)
}

// myPreparedRuns counts what MariaDB has no digests of: statements that a driver has the
// server prepare, and runs in the binary protocol. MySQL has them, as "EXECUTE SELECT ..".
// Both were measured on MySQL 9.7, MariaDB 10.11 and 11.8.
func myPreparedRuns(ctx context.Context, s *sql.Conn, to *snapshot) error {
	var version string
	if err := s.QueryRowContext(ctx, "SELECT version()").Scan(&version); err != nil || !strings.Contains(version, "MariaDB") {
		return err
	}
	err := s.QueryRowContext(ctx, "SELECT coalesce(sum(COUNT_STAR), 0) FROM performance_schema.events_statements_summary_global_by_event_name WHERE EVENT_NAME = 'statement/com/Execute'").Scan(&to.prepared)
	return myLacking(err)
}

func myLacking(err error) error { return lacking(err, needsSchema) }

// myText is a literal that no sql_mode reads otherwise.
func myText(text string) string { return mysql.Text{}.Literal(text) }

// mySessions reads what others run now.
func mySessions(ctx context.Context, s *sql.Conn, to *snapshot) error {
	rights, err := grants(ctx, s, "")
	if err != nil {
		return err
	}
	if !rights.any("", "PROCESS") {
		return &lacksError{"GRANT PROCESS ON *.* to it"}
	}
	const query = `SELECT concat(USER, '@', HOST, ' (', ID, ')'), INFO, TIME FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND INFO IS NOT NULL AND INFO <> ''`
	err = each(ctx, s, query, nil, func(scan func(...any) error) error {
		one := session{now: true}
		var began sql.NullFloat64
		if err := scan(&one.who, &one.sql, &began); err != nil {
			return err
		}
		if d := seconds(began); d != nil {
			one.began = *d
		}
		to.sessions = append(to.sessions, one)
		return nil
	})
	if err != nil {
		return err
	}
	return myPrepared(ctx, s, to)
}

// myPrepared adds the statements that sessions hold prepared, where the server tells.
func myPrepared(ctx context.Context, s *sql.Conn, to *snapshot) error {
	const query = "SELECT concat('a session (thread ', OWNER_THREAD_ID, ') that holds it prepared'), SQL_TEXT FROM performance_schema.prepared_statements_instances"
	err := each(ctx, s, query, nil, func(scan func(...any) error) error {
		one := session{now: true}
		if err := scan(&one.who, &one.sql); err != nil {
			return err
		}
		to.sessions = append(to.sessions, one)
		return nil
	})
	switch livedb.ErrorCode(err) {
	case "1142", "1044", "1146": // not allowed, or not there: what runs is known all the same
		return nil
	}
	return err
}

// myUses reads how often tables were read and written.
func myUses(ctx context.Context, s *sql.Conn, tables []string, to *snapshot) error {
	var names []string
	for _, t := range tables {
		names = append(names, myText(t))
	}
	to.uses = map[string]tableUse{}
	query := "SELECT OBJECT_NAME, COUNT_READ, COUNT_WRITE FROM performance_schema.table_io_waits_summary_by_table WHERE OBJECT_TYPE = 'TABLE' AND OBJECT_SCHEMA = DATABASE() AND OBJECT_NAME IN (" + strings.Join(append(names, "''"), ", ") + ")"
	err := each(ctx, s, query, nil, func(scan func(...any) error) error {
		var name string
		var use tableUse
		if err := scan(&name, &use.reads, &use.writes); err != nil {
			return err
		}
		to.uses[name] = use
		return nil
	})
	return myLacking(err)
}
