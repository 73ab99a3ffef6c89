package backfill

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/progress"
)

// purge is how InnoDB does with what nobody needs any more: what a change overwrites
// is kept in undo logs until no open transaction may want to read it.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-purge-configuration.html
type purge struct {
	unread  []string // what could not be read for want of a right
	history int64    // entries of the history list; negative: not known
	held    *oldReader
	lag     int64 // innodb_max_purge_lag; 0: none
	delay   int64 // innodb_max_purge_lag_delay, in microseconds; 0: without a bound

	logs      int64 // undo tablespaces; 0: undo is in the system tablespace; negative: not known
	largest   int64 // bytes of the largest one
	most      int64 // innodb_max_undo_log_size
	truncates bool  // tablespaces above it are made small again
}

// oldReader is the transaction that has kept purge from going on for the longest time.
type oldReader struct {
	who string
	age time.Duration
}

// mysqlPurge looks whether InnoDB gets rid of what the job leaves behind.
func mysqlPurge(ctx context.Context, x *exam) error {
	p, err := x.purgeNow(ctx)
	if err != nil {
		return err
	}
	x.judgePurge(p)
	return nil
}

func (x *exam) purgeNow(ctx context.Context) (p purge, err error) {
	p.history, p.logs = -1, -1
	if err := x.purgeSettings(ctx, &p); err != nil {
		return p, err
	}
	for _, read := range []struct {
		what string
		do   func(context.Context, *purge) error
	}{
		{"how long InnoDB's history list is", x.historyLength},
		{"which transactions are open", x.oldestReader},
		{"how large the undo tablespaces are", x.undoSize},
	} {
		err := read.do(ctx, &p)
		if livedb.ErrorCode(err) == "1227" {
			p.unread, err = append(p.unread, read.what), nil
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

func (x *exam) purgeSettings(ctx context.Context, p *purge) error {
	vars, err := x.variables(ctx, "innodb_max_purge_lag", "innodb_max_purge_lag_delay", "innodb_max_undo_log_size", "innodb_undo_log_truncate")
	if err != nil {
		return err
	}
	p.lag, p.delay, p.most = number(vars["innodb_max_purge_lag"]), number(vars["innodb_max_purge_lag_delay"]), number(vars["innodb_max_undo_log_size"])
	p.truncates = isOn(vars["innodb_undo_log_truncate"])
	return nil
}

// historyLength: MariaDB has it in a status variable that everybody may read.
func (x *exam) historyLength(ctx context.Context, p *purge) error {
	query := "SELECT `count` FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len' AND status = 'enabled'"
	if x.db.Dialect == "mariadb" {
		query = "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Innodb_history_list_length'"
	}
	rows, err := x.ask(ctx, query)
	if err == nil && len(rows) > 0 {
		p.history = number(rows[0][0])
	}
	return err
}

// oldestReader: a transaction at READ COMMITTED keeps nothing between its statements.
// InnoDB's times are the machine's, whatever time_zone is.
// https://dev.mysql.com/doc/refman/8.4/en/information-schema-innodb-trx-table.html
func (x *exam) oldestReader(ctx context.Context, p *purge) error {
	const zone = "'+00:00', 'SYSTEM'"
	rows, err := x.ask(ctx, `SELECT t.trx_mysql_thread_id, p.user, GREATEST(0, TIMESTAMPDIFF(SECOND, t.trx_started, CONVERT_TZ(UTC_TIMESTAMP(), `+zone+`)))
  FROM information_schema.innodb_trx t LEFT JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
 WHERE t.trx_mysql_thread_id <> CONNECTION_ID() AND (t.trx_isolation_level IN ('REPEATABLE READ', 'SERIALIZABLE') OR t.trx_query IS NOT NULL)
 ORDER BY t.trx_started LIMIT 1`)
	if err != nil || len(rows) == 0 {
		return err
	}
	r := rows[0]
	p.held = &oldReader{"connection " + r[0], time.Duration(number(r[2])) * time.Second}
	switch {
	case r[0] == "0":
		p.held.who = "an XA transaction that was prepared"
	case r[1] != "":
		p.held.who = fmt.Sprintf("%s (connection %s)", r[1], r[0])
	}
	return nil
}

// undoSize: how many undo tablespaces MariaDB has is a setting, and MySQL has two or more.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-undo-tablespaces.html
// https://mariadb.com/kb/en/innodb-undo-log/
func (x *exam) undoSize(ctx context.Context, p *purge) error {
	query := "SELECT COUNT(*), COALESCE(MAX(file_size), 0) FROM information_schema.innodb_tablespaces WHERE space_type = 'Undo'"
	if x.db.Dialect == "mariadb" {
		query = "SELECT @@innodb_undo_tablespaces, COALESCE(MAX(file_size), 0) FROM information_schema.innodb_sys_tablespaces WHERE name LIKE 'innodb_undo%'"
	}
	rows, err := x.ask(ctx, query)
	if err == nil {
		p.logs, p.largest = number(rows[0][0]), number(rows[0][1])
	}
	return err
}

// muchUndo is from where on it matters that undo is kept.
const muchUndo = 1 << 30

func (x *exam) judgePurge(p purge) {
	x.judgeHistory(p)
	x.judgeReader(p)
	x.judgeUndo(p)
	if len(p.unread) > 0 {
		x.raise("purge-not-known", note, "The user may not see "+strings.Join(p.unread, ", nor ")+": whether InnoDB gets rid of what the job overwrites is not known, and the run does not wait for it.",
			"GRANT PROCESS ON *.* TO the user.")
	}
}

// judgeHistory: https://dev.mysql.com/doc/refman/8.4/en/innodb-parameters.html#sysvar_innodb_max_purge_lag
func (x *exam) judgeHistory(p purge) {
	list := "InnoDB's history list has " + progress.Number(p.history) + " entries"
	if p.history > x.options.MostHistory {
		x.raise("history-list", refusal, fmt.Sprintf("%s, the limit is %s: purge does not keep up, or a transaction keeps it from going on. The job adds to that, and readers go through all of it.", list, progress.Number(x.options.MostHistory)),
			"Find the transaction that is open (information_schema.innodb_trx) and let purge catch up; the run waits for that too.")
	}
	if p.lag <= 0 || p.history < 0 {
		return
	}
	delay := "without a bound"
	if p.delay > 0 {
		delay = fmt.Sprintf("by %s at most", time.Duration(p.delay)*time.Microsecond)
	}
	says := fmt.Sprintf("innodb_max_purge_lag is %s: above it the server delays each change, the application's too, %s.", progress.Number(p.lag), delay)
	switch {
	case p.history > p.lag:
		x.raise("purge-lag", refusal, says+" "+list+": it does so now.", "Let purge catch up, or SET GLOBAL innodb_max_purge_lag = 0.")
	case p.history+x.report.Estimate.BatchesMost > p.lag:
		x.raise("purge-lag", note, fmt.Sprintf("%s %s, and the job adds up to %s.", says, list, progress.Count(x.report.Estimate.BatchesMost, "batch")), "See that no transaction stays open while the job runs.")
	}
}

// judgeReader: where the undo of all of the job is much, or there is no room for it,
// it is not begun beside a transaction that keeps it.
func (x *exam) judgeReader(p purge) {
	if p.held == nil || p.held.age < x.options.MostReader {
		return
	}
	weight, undo, free := note, x.report.Estimate.Undo, x.report.Estimate.Free
	if undo > muchUndo || free >= 0 && float64(undo) > diskShare*float64(free) {
		weight = refusal
	}
	x.raise("old-transaction", weight, fmt.Sprintf("The transaction of %s has been open for %s: what the job overwrites, about %s, stays in undo until it ends. The run waits for it before its first batch.", p.held.who, progress.Time(p.held.age), inBytes(undo)),
		"End that transaction, or begin the job when it is over.")
}

func (x *exam) judgeUndo(p purge) {
	undo := x.report.Estimate.Undo
	switch {
	case p.logs == 0 && undo > muchUndo:
		x.raise("undo-space", note, fmt.Sprintf("Undo is in the system tablespace, which never becomes smaller. A transaction that is open while the job runs keeps up to %s of it.", inBytes(undo)),
			"See that no transaction stays open while the job runs.")
	case p.logs > 0 && !p.truncates && undo > muchUndo:
		x.raise("undo-space", note, fmt.Sprintf("innodb_undo_log_truncate is off: undo tablespaces never become smaller. A transaction that is open while the job runs keeps up to %s there.", inBytes(undo)),
			"SET GLOBAL innodb_undo_log_truncate = ON.")
	case p.logs > 0 && p.truncates && p.largest > p.most:
		x.raise("undo-space", note, fmt.Sprintf("An undo tablespace has %s, more than innodb_max_undo_log_size (%s): it is made small again only when purge has been through it, and the job adds up to %s.", inBytes(p.largest), inBytes(p.most), inBytes(undo)),
			"See what keeps purge from going on (SHOW ENGINE INNODB STATUS, information_schema.innodb_trx).")
	}
}

// variables are some of the server's global variables, by their names in small letters.
func (x *exam) variables(ctx context.Context, names ...string) (map[string]string, error) {
	rows, err := x.ask(ctx, "SHOW GLOBAL VARIABLES WHERE Variable_name IN "+myTexts(names))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, r := range rows {
		out[strings.ToLower(r[0])] = strings.ToUpper(r[1])
	}
	return out, nil
}
