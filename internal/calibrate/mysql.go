package calibrate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// mysql copies a sample into a temporary table, which goes with the session.
func (t *trying) mysql() error {
	if err := t.mysqlUnlogged(); err != nil {
		return err
	}
	if err := t.mysqlColumns(); err != nil {
		return err
	}
	table := t.full(t.work.Table.Name)
	t.name = t.copyName()
	took, err := timed(func() error {
		_, err := t.texts(fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM %s LIMIT %d) AS s", table, t.rows))
		return err
	})
	if err != nil {
		return err
	}
	t.scanned(took)
	if err := t.do("CREATE TEMPORARY TABLE " + t.name + " LIKE " + table); err != nil {
		return err
	}
	columns := strings.Join(t.quoted(t.columns), ", ")
	result, err := t.c.ExecContext(t.ctx, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s LIMIT %d", t.name, columns, columns, table, t.rows))
	if err != nil {
		return err
	}
	if err := t.copied(result); err != nil {
		return err
	}
	if err := t.mysqlCommit(); err != nil {
		return err
	}
	return t.all()
}

// mysqlUnlogged sees to it that replicas hear nothing of the temporary table: with
// binlog_format = ROW they do not.
// https://dev.mysql.com/doc/refman/8.4/en/replication-features-temptables.html
func (t *trying) mysqlUnlogged() error {
	rows, err := t.texts("SELECT @@log_bin, @@binlog_format")
	if err != nil || rows[0][0].String == "0" || strings.EqualFold(rows[0][1].String, "ROW") {
		return err
	}
	if err := t.do("SET SESSION binlog_format = 'ROW'"); err != nil {
		return errors.Join(fmt.Errorf("binlog_format is %s, with which replicas would get the temporary table too, and this account may not change it; leave --calibrate out", rows[0][1].String), err)
	}
	return nil
}

// mysqlColumns are the columns that are not generated, and those of the primary key.
func (t *trying) mysqlColumns() error {
	n := t.work.Table.Name
	where := fmt.Sprintf("table_schema = %s AND table_name = %s", myText(n.Schema), myText(n.Name))
	rows, err := t.texts("SELECT column_name FROM information_schema.columns WHERE " + where + " AND COALESCE(generation_expression, '') = '' ORDER BY ordinal_position")
	if err != nil {
		return err
	}
	for _, r := range rows {
		t.columns = append(t.columns, r[0].String)
	}
	rows, err = t.texts("SELECT column_name FROM information_schema.statistics WHERE " + where + " AND index_name = 'PRIMARY' ORDER BY seq_in_index")
	for _, r := range rows {
		t.key = append(t.key, r[0].String)
	}
	return err
}

func myText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(text) + "'"
}

// mysqlCommit takes what the server itself has measured since it runs: how long its
// redo log and its binary log take until they are on disk. Nothing that leaves no trace
// could be committed to measure it.
// https://dev.mysql.com/doc/refman/8.4/en/performance-schema-file-summary-tables.html
func (t *trying) mysqlCommit() error {
	rows, err := t.texts(`SELECT SUM(SUM_TIMER_MISC / COUNT_MISC) / 1e12 FROM performance_schema.file_summary_by_event_name
  WHERE EVENT_NAME IN ('wait/io/file/innodb/innodb_log_file', 'wait/io/file/sql/binlog') AND COUNT_MISC > 0`)
	if livedb.ErrorCode(err) != "" {
		return nil // it is not for this account, or is not kept
	}
	if err != nil || len(rows) == 0 || !rows[0][0].Valid {
		return err
	}
	_, err = fmt.Sscan(rows[0][0].String, &t.commit)
	return err
}

// mysqlSort reads and sorts the keys, and writes them in order: an index is built so.
// That of a temporary table is not: the table is copied as a whole.
// https://dev.mysql.com/doc/refman/8.4/en/sorted-index-builds.html
func (t *trying) mysqlSort(i Index) (float64, error) {
	columns, name := strings.Join(t.quoted(slices.Concat(i.Columns, t.key)), ", "), strings.TrimSuffix(t.name, "`")+"_index`"
	took, err := timed(func() error {
		return t.do("CREATE TEMPORARY TABLE " + name + " ENGINE = InnoDB AS SELECT " + columns + " FROM " + t.name + " ORDER BY " + columns)
	})
	if err != nil {
		return 0, err
	}
	return took, t.do("DROP TEMPORARY TABLE " + name)
}
