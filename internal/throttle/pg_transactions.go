package throttle

import (
	"context"
	"database/sql"
	"errors"
)

// postgresTransactions are transactions that keep dead rows from being removed.
type postgresTransactions struct{ most float64 }

// Name says what is watched.
func (postgresTransactions) Name() string { return "oldest transaction" }

// holders are the transactions and slots of this database that have a snapshot or
// a number. A VACUUM's own holds up no other's, and batches are short.
// https://www.postgresql.org/docs/current/routine-vacuuming.html
const holders = `
WITH holder AS (
  SELECT coalesce(nullif(application_name, ''), usename, 'a session') || ' (pid ' || pid || ')' AS who, xact_start AS began,
    greatest(age(backend_xid), age(backend_xmin)) AS age
  FROM pg_stat_activity WHERE (datname = current_database() OR datname IS NULL AND backend_type = 'walsender') AND pid <> pg_backend_pid()
    AND application_name NOT IN ('` + batchesName + `', '` + ourName + `', '` + readsName + `') AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL)
    AND backend_type IN ('client backend', 'walsender', 'background worker', 'parallel worker') AND pid NOT IN (SELECT pid FROM pg_stat_progress_vacuum)
  UNION ALL SELECT 'prepared ' || gid, prepared, age(transaction) FROM pg_prepared_xacts WHERE database = current_database()
  UNION ALL SELECT 'replication slot ' || slot_name, NULL, age(xmin) FROM pg_replication_slots WHERE xmin IS NOT NULL)`

// Read is the oldest one.
func (t postgresTransactions) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	if err := mayMonitor(ctx, c); err != nil {
		return Reading{}, err
	}
	var who string
	var seconds float64
	err := ask(ctx, c, needsMonitor, holders+` SELECT who, extract(epoch FROM clock_timestamp() - began)::float8 FROM holder WHERE began IS NOT NULL ORDER BY began LIMIT 1`, &who, &seconds)
	return oldest(who, seconds, t.most, err)
}

func oldest(who string, seconds, most float64, err error) (Reading, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return calm("no other transaction is open"), nil
	}
	if err != nil {
		return Reading{}, err
	}
	return gauge(seconds, most, inSeconds, "the transaction of "+oneLine(who)+" has been open for ", ""), nil
}

// xminAge is how many transactions have begun since the oldest snapshot.
type xminAge struct{ most float64 }

// Name says what is watched.
func (xminAge) Name() string { return "xmin age" }

// Read is the oldest snapshot, or transaction's number, whoever holds it.
func (x xminAge) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	if err := mayMonitor(ctx, c); err != nil {
		return Reading{}, err
	}
	var who string
	var age int64
	err := ask(ctx, c, needsMonitor, holders+` SELECT who, age FROM holder WHERE age IS NOT NULL ORDER BY age DESC LIMIT 1`, &who, &age)
	if errors.Is(err, sql.ErrNoRows) {
		return calm("no other snapshot is held"), nil
	}
	if err != nil {
		return Reading{}, err
	}
	return gauge(float64(age), x.most, asCount, oneLine(who)+" holds a snapshot that is ", " transactions old"), nil
}
