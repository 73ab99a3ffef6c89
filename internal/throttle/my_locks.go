package throttle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// mysqlLockWaits are the transactions that wait for a row which a batch has locked.
type mysqlLockWaits struct {
	most float64
	ours func() []string
}

// Name says what is watched.
func (mysqlLockWaits) Name() string { return "lock wait" }

// lockWaitViews are who waits for whom: MySQL from 8.0 on, then all others.
// https://dev.mysql.com/doc/refman/8.4/en/performance-schema-data-lock-waits-table.html
// https://mariadb.com/kb/en/information-schema-innodb_lock_waits-table/
func lockWaitViews() []string {
	return []string{
		"(SELECT requesting_engine_transaction_id AS waiter, blocking_engine_transaction_id AS holder FROM performance_schema.data_lock_waits)",
		"(SELECT requesting_trx_id AS waiter, blocking_trx_id AS holder FROM information_schema.innodb_lock_waits)",
	}
}

const noSuchTable = "1146"

// Read is the one that has waited longest. InnoDB tells full seconds.
func (l mysqlLockWaits) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	ours, err := l.sessions(ctx, c)
	if err != nil {
		return Reading{}, err
	}
	if ours == "" {
		return lockWaits(0, 0, l.most), nil
	}
	others := "true" // without numbers ours are only guessed: the application may be among them
	if l.ours != nil {
		others = "r.trx_mysql_thread_id NOT IN (" + ours + ")"
	}
	var n int64
	var seconds float64
	for _, view := range lockWaitViews() {
		err = ask(ctx, c, needsProcess, `SELECT count(DISTINCT r.trx_id), coalesce(max(timestampdiff(SECOND, r.trx_wait_started, now())), 0)
  FROM `+view+` w JOIN information_schema.innodb_trx r ON r.trx_id = w.waiter JOIN information_schema.innodb_trx b ON b.trx_id = w.holder
  WHERE b.trx_mysql_thread_id IN (`+ours+`) AND `+others, &n, &seconds)
		if livedb.ErrorCode(err) != noSuchTable && livedb.ErrorCode(err) != unknownTable {
			break
		}
	}
	if err != nil {
		return Reading{}, err
	}
	return lockWaits(n, max(0, seconds), l.most), nil
}

const unknownTable = "1109" // of information_schema

// sessions are the numbers of the sessions that change rows: as the run says, or
// all of our user from our host.
func (l mysqlLockWaits) sessions(ctx context.Context, c *sql.Conn) (string, error) {
	var ids []string
	if l.ours != nil {
		for _, id := range l.ours() {
			if _, err := strconv.ParseUint(id, 10, 64); err != nil {
				return "", unknown("%q is no session's number", id)
			}
			ids = append(ids, id)
		}
		return strings.Join(ids, ", "), nil
	}
	err := rowsOf(ctx, c, needsProcess, `SELECT p.id FROM information_schema.processlist p JOIN information_schema.processlist me
  ON me.id = connection_id() AND p.user = me.user AND substring_index(p.host, ':', 1) = substring_index(me.host, ':', 1)`, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return strings.Join(ids, ", "), err
}

// mysqlTransactions are transactions that keep old rows from being purged.
type mysqlTransactions struct{ most float64 }

// Name says what is watched.
func (mysqlTransactions) Name() string { return "oldest transaction" }

// Read is the oldest one.
func (t mysqlTransactions) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	var id int64
	var user sql.NullString
	var seconds float64
	err := ask(ctx, c, needsProcess, `SELECT t.trx_mysql_thread_id, p.user, greatest(0, timestampdiff(SECOND, t.trx_started, now()))
  FROM information_schema.innodb_trx t LEFT JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
  WHERE t.trx_mysql_thread_id <> connection_id() ORDER BY t.trx_started LIMIT 1`, &id, &user, &seconds)
	if errors.Is(err, sql.ErrNoRows) {
		return oldest("", 0, t.most, err)
	}
	who := fmt.Sprintf("connection %d", id)
	if user.Valid {
		who = fmt.Sprintf("%s (connection %d)", user.String, id)
	}
	return oldest(who, seconds, t.most, err)
}
