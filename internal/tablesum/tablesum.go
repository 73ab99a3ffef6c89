// Package tablesum adds up the rows of all tables of a database, so that two databases
// can be compared: a sum over hashes for each column, and one over the whole rows.
package tablesum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// Sum is what the rows of a table come to.
type Sum struct {
	Table   change.Name
	Rows    int64
	Columns []Column // by name
	Whole   string   // of whole rows
}

// Column is what the values of a column come to.
type Column struct{ Name, Sum string }

// Of adds up every table of the database that db is open on, sorted by name.
func Of(ctx context.Context, db *livedb.DB) (out []Sum, err error) {
	s, err := db.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	tables, err := read(ctx, s, db.Dialect)
	if err != nil {
		return nil, fmt.Errorf("reading the tables: %w", err)
	}
	for i := range tables {
		if err := tables[i].add(ctx, s, db.Dialect); err != nil {
			return nil, fmt.Errorf("adding up the rows of %s: %w", tables[i].Table, err)
		}
	}
	return tables, nil
}

const postgresColumns = `
	SELECT n.nspname, c.relname, coalesce(a.attname, '')
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'safemig')
	ORDER BY n.nspname, c.relname, a.attname`

const mysqlColumns = `
	SELECT '', c.TABLE_NAME, c.COLUMN_NAME FROM information_schema.COLUMNS c
	JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
	WHERE c.TABLE_SCHEMA = database() AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY c.TABLE_NAME, c.COLUMN_NAME`

func read(ctx context.Context, s livedb.Queryer, dialect string) ([]Sum, error) {
	query := postgresColumns
	if dialect != "postgres" {
		query = mysqlColumns
	}
	_, rows, err := livedb.Texts(ctx, s, query)
	var out []Sum
	for _, r := range rows {
		name := change.Name{Schema: r[0].String, Name: r[1].String}
		if len(out) == 0 || out[len(out)-1].Table != name {
			out = append(out, Sum{Table: name})
		}
		if last := &out[len(out)-1]; r[2].String != "" {
			last.Columns = append(last.Columns, Column{Name: r[2].String})
		}
	}
	return out, err
}

func (t *Sum) add(ctx context.Context, s livedb.Queryer, dialect string) error {
	sums := postgresSums(t)
	if dialect != "postgres" {
		sums = mysqlSums(t)
	}
	_, rows, err := livedb.Texts(ctx, s, sums)
	if err != nil {
		return err
	}
	if t.Rows, err = strconv.ParseInt(rows[0][0].String, 10, 64); err != nil {
		return err
	}
	for i := range t.Columns {
		t.Columns[i].Sum = rows[0][i+1].String
	}
	t.Whole = rows[0][len(rows[0])-1].String
	return nil
}

// postgresSums: one expression for each column, and the last for the row as a whole. Some
// collations take different texts for equal ones: "C" does not.
func postgresSums(t *Sum) string {
	quote := func(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
	sums, names := []string{"count(*)"}, []string{}
	for _, c := range t.Columns {
		names = append(names, quote(c.Name))
		sums = append(sums, "sum(coalesce(hashtextextended("+quote(c.Name)+`::text COLLATE "C", 0), 1))`)
	}
	sums = append(sums, "sum(hashtextextended(ROW("+strings.Join(names, ", ")+`)::text COLLATE "C", 0))`)
	return "SELECT " + strings.Join(sums, ", ") + " FROM " + quote(t.Table.Schema) + "." + quote(t.Table.Name)
}

// mysqlSums: no checksum is -1, which stands for NULL. The sum over whole rows is one of
// digests: CRC32 of two halves is nearly what the CRC32 of each comes to, so that rows
// with their halves swapped would often have the same sum.
func mysqlSums(t *Sum) string {
	quote := func(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
	sums, values := []string{"count(*)"}, []string{}
	for _, c := range t.Columns {
		value := "coalesce(crc32(CAST(" + quote(c.Name) + " AS BINARY)), -1)"
		values = append(values, value)
		sums = append(sums, "sum("+value+")")
	}
	sums = append(sums, "sum(CAST(conv(left(sha2(concat_ws(',', "+strings.Join(values, ", ")+"), 256), 12), 16, 10) AS unsigned))")
	return "SELECT " + strings.Join(sums, ", ") + " FROM " + quote(t.Table.Name)
}

// Ignored says which columns are left out of a comparison.
type Ignored map[change.Name][]string

// Difference is a table in which two databases differ.
type Difference struct {
	Table   change.Name
	Rows    [2]int64
	Columns []string // whose values differ; none though the rows do: they are mixed up
}

// Compare compares the tables of two databases. Tables or columns that only one of them
// has are left to whoever compares the catalogues.
func Compare(a, b []Sum, ignored Ignored) (out []Difference) {
	for _, one := range a {
		i := slices.IndexFunc(b, func(s Sum) bool { return s.Table == one.Table })
		if i < 0 {
			continue
		}
		if d, differs := compare(&one, &b[i], ignored[one.Table]); differs {
			out = append(out, d)
		}
	}
	return out
}

func compare(a, b *Sum, ignored []string) (Difference, bool) {
	d := Difference{Table: a.Table, Rows: [2]int64{a.Rows, b.Rows}}
	same := len(a.Columns) == len(b.Columns)
	for _, c := range a.Columns {
		i := slices.IndexFunc(b.Columns, func(o Column) bool { return o.Name == c.Name })
		if i < 0 {
			same = false
			continue
		}
		if b.Columns[i].Sum != c.Sum && !slices.Contains(ignored, c.Name) {
			d.Columns = append(d.Columns, c.Name)
		}
	}
	whole := same && len(ignored) == 0 && a.Whole != b.Whole
	return d, a.Rows != b.Rows || len(d.Columns) > 0 || whole
}

func (d Difference) String() string {
	switch {
	case d.Rows[0] != d.Rows[1]:
		return fmt.Sprintf("%s has %d rows, not %d", d.Table, d.Rows[1], d.Rows[0])
	case len(d.Columns) == 0:
		return fmt.Sprintf("the rows of %s hold the same values, but not in the same rows", d.Table)
	}
	return fmt.Sprintf("%s has other values in %s", d.Table, strings.Join(d.Columns, ", "))
}
