package stats

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/livedb"
)

// Measure asks a running server how large its tables are, in one transaction
// that is READ ONLY. It reads no table; PostgreSQL takes ACCESS SHARE on one
// after the other while it looks at their files.
func Measure(ctx context.Context, dsn string) (s *Stats, err error) {
	db, err := livedb.Attach(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	session, err := db.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	s = &Stats{Version: formatVersion, Dialect: db.Dialect, Taken: time.Now().UTC().Truncate(time.Second)}
	query := postgresQuery
	if db.Dialect != "postgres" {
		query = mysqlQuery
	}
	if err := prepare(ctx, db, session); err != nil {
		return nil, fmt.Errorf("asking %s for the sizes of its tables: %w", db, err)
	}
	if s.Tables, err = read(ctx, session, query); err != nil {
		return nil, fmt.Errorf("reading the sizes of the tables of %s: %w", db, err)
	}
	return s, nil
}

// prepare sets up the session. A table that is locked for a schema change is not
// waited for without end. MySQL 8 is made to look at the tables themselves: what
// information_schema shows is up to a day old otherwise, and asking for it
// writes it to a table.
// https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_information_schema_stats_expiry
func prepare(ctx context.Context, db *livedb.DB, session *sql.Conn) error {
	var setting string
	switch {
	case db.Dialect == "postgres":
		setting = "SET lock_timeout = '10s'"
	case db.Dialect == "mysql" && !db.Version.Less(fact.V(8)):
		setting = "SET SESSION information_schema_stats_expiry = 0"
	default:
		return nil
	}
	_, err := session.ExecContext(ctx, setting)
	return err
}

func read(ctx context.Context, session *sql.Conn, query string) (tables map[string]Table, err error) {
	tx, err := session.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ended(tx.Rollback())) }()
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	tables = map[string]Table{}
	for rows.Next() {
		var schema, name string
		var t Table
		if err := rows.Scan(&schema, &name, &t.Rows, &t.Bytes); err != nil {
			return nil, err
		}
		tables[schema+"."+name] = t
	}
	return tables, rows.Err()
}

// ended: a transaction that an interrupt has rolled back already is no failure of
// its own.
func ended(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// postgresQuery counts a table with its partitions and with the tables that
// inherit from it, because a lock on it and work on it is on all of them. The
// bytes are those of the main fork and of TOAST. The number of rows is not known
// where one of the parts was never analyzed (-1, before PostgreSQL 14: 0 with
// pages), and pg_table_size() is NULL for a table that was just dropped.
// https://www.postgresql.org/docs/current/catalog-pg-class.html
const postgresQuery = `
WITH RECURSIVE part AS (
	SELECT c.oid AS root, c.oid AS part FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p', 'm')
	UNION
	SELECT p.root, i.inhrelid FROM part p JOIN pg_catalog.pg_inherits i ON i.inhparent = p.part
), leaf AS (
	SELECT p.root, pg_catalog.pg_table_size(c.oid) AS bytes,
		CASE WHEN c.reltuples < 0 OR c.reltuples = 0 AND pg_catalog.pg_relation_size(c.oid) > 0 THEN NULL ELSE c.reltuples END AS rows
	FROM part p JOIN pg_catalog.pg_class c ON c.oid = p.part
	WHERE c.relkind IN ('r', 'm')
)
SELECT n.nspname, c.relname,
	CASE WHEN pg_catalog.count(*) = pg_catalog.count(l.rows) THEN pg_catalog.sum(l.rows)::pg_catalog.int8 END,
	CASE WHEN pg_catalog.count(*) = pg_catalog.count(l.bytes) THEN pg_catalog.sum(l.bytes)::pg_catalog.int8 END
FROM leaf l
JOIN pg_catalog.pg_class c ON c.oid = l.root
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
GROUP BY n.nspname, c.relname`

// mysqlQuery reads the tables of the DSN's database, or of all databases where
// it names none. TABLE_ROWS is an estimate, DATA_LENGTH the clustered index.
// https://dev.mysql.com/doc/refman/8.4/en/information-schema-tables-table.html
const mysqlQuery = `
SELECT TABLE_SCHEMA, TABLE_NAME, CAST(TABLE_ROWS AS SIGNED), CAST(DATA_LENGTH AS SIGNED)
FROM information_schema.TABLES
WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA = COALESCE(DATABASE(), TABLE_SCHEMA)
	AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')`
