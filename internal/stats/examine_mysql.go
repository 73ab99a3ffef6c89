package stats

import (
	"context"
	"strings"

	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/livedb"
)

// mysqlTables reads the sizes of all indexes but the primary key, which holds the rows.
func (x *examiner) mysqlTables(ctx context.Context) error {
	return x.each(ctx, "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_LENGTH FROM information_schema.TABLES WHERE "+x.in("TABLE_SCHEMA", "TABLE_NAME"),
		func(t *estimate.Table, row []string) { t.IndexBytes = number(row[0]) })
}

// mysqlColumns counts columns, and knows the width of those of a fixed one.
// https://dev.mysql.com/doc/refman/8.4/en/storage-requirements.html
func (x *examiner) mysqlColumns(ctx context.Context) error {
	fixed := map[string]float64{
		"tinyint": 1, "smallint": 2, "mediumint": 3, "int": 4, "bigint": 8, "float": 4, "double": 8, "date": 3, "time": 3, "timestamp": 4, "datetime": 5,
		"year": 1, "uuid": 16, "inet6": 16, "enum": 2, "set": 8,
	}
	return x.each(ctx, "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE "+x.in("TABLE_SCHEMA", "TABLE_NAME"),
		func(t *estimate.Table, row []string) {
			t.Columns++
			if width, known := fixed[strings.ToLower(row[1])]; known {
				if t.Widths == nil {
					t.Widths = map[string]float64{}
				}
				t.Widths[strings.ToLower(row[0])] = width
			}
		})
}

// mysqlIndexes reads the columns of indexes.
func (x *examiner) mysqlIndexes(ctx context.Context) error {
	return x.each(ctx, "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COALESCE(COLUMN_NAME, '') FROM information_schema.STATISTICS WHERE "+x.in("TABLE_SCHEMA", "TABLE_NAME")+" ORDER BY 1, 2, 3, SEQ_IN_INDEX",
		func(t *estimate.Table, row []string) {
			if n := len(t.Indexes); n == 0 || t.Indexes[n-1].Name != row[0] {
				t.Indexes = append(t.Indexes, estimate.Index{Name: row[0], Bytes: -1})
			}
			if last := &t.Indexes[len(t.Indexes)-1]; row[1] != "" {
				last.Columns = append(last.Columns, row[1])
			}
		})
}

// mysqlWrites reads how many rows are written, where the server counts that and the
// account may see it.
// https://dev.mysql.com/doc/refman/8.4/en/performance-schema-table-wait-summary-tables.html
func (x *examiner) mysqlWrites(ctx context.Context) error {
	_, up, err := livedb.Texts(ctx, x.tx, "SHOW GLOBAL STATUS LIKE 'Uptime_since_flush_status'")
	if err != nil || len(up) == 0 {
		return err
	}
	age := number(up[0][1].String)
	err = x.each(ctx, "SELECT OBJECT_SCHEMA, OBJECT_NAME, COUNT_WRITE FROM performance_schema.table_io_waits_summary_by_table WHERE "+x.in("OBJECT_SCHEMA", "OBJECT_NAME"),
		func(t *estimate.Table, row []string) { t.Writes, t.Since = rate(number(row[0]), age) })
	if livedb.ErrorCode(err) == "1142" {
		return nil // it is not for this account
	}
	return err
}
