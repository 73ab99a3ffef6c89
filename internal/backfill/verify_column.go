package backfill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// tableColumn is a column of a table whose values are compared.
type tableColumn struct {
	name     string
	typ      string // PostgreSQL: with what is in its brackets; MySQL: the data type
	base     string // without
	full     string // MySQL: the type with all that it says
	category string // PostgreSQL: pg_type's
	charset  string // MySQL
}

func find(columns []tableColumn, name string) (tableColumn, bool) {
	at := slices.IndexFunc(columns, func(c tableColumn) bool { return strings.EqualFold(c.name, name) })
	if at < 0 {
		return tableColumn{}, false
	}
	return columns[at], true
}

// columns reads those of a table, in their order.
func (c *verification) columns(ctx context.Context, t *Table) (out []tableColumn, err error) {
	query := `SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, NULL), '', t.typcategory::text, ''
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = ` + t.ID + ` AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`
	if c.db.Dialect != "postgres" {
		schema, table := halves(t.Name)
		query = `SELECT column_name, LOWER(data_type), LOWER(data_type), LOWER(column_type), '', COALESCE(character_set_name, '')
  FROM information_schema.columns WHERE table_schema = ` + plainText(schema) + ` AND table_name = ` + plainText(table) + ` ORDER BY ordinal_position`
	}
	rows, err := c.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("reading the columns of %s: %w", t.Name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var k tableColumn
		if err := rows.Scan(&k.name, &k.typ, &k.base, &k.full, &k.category, &k.charset); err != nil {
			return nil, fmt.Errorf("reading the columns of %s: %w", t.Name, err)
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// halves are schema and name of a MySQL table, as describe writes them.
func halves(name string) (schema, table string) {
	schema, table, _ = strings.Cut(name, "`.`")
	return strings.ReplaceAll(strings.TrimPrefix(schema, "`"), "``", "`"), strings.ReplaceAll(strings.TrimSuffix(table, "`"), "``", "`")
}

// plainText is a MySQL literal that no sql_mode reads otherwise.
func plainText(text string) string {
	return fmt.Sprintf("CONVERT(X'%x' USING utf8mb4)", text)
}

// differs is the condition that a column has another value than an expression
// gives, to the last byte: not what a collation takes for the same.
func (c *verification) differs(k tableColumn, column, value string) string {
	if c.db.Dialect == "postgres" {
		return differsPostgres(k, column, value)
	}
	return differsMySQL(k, column, value)
}

// differsPostgres casts the value as the assignment did. Texts are cast without
// their length: an explicit cast would cut them. Types that have no =, and those
// whose = is not equality, are compared as they are written.
func differsPostgres(k tableColumn, column, value string) string {
	switch {
	case k.category == "V": // bits
		return column + " IS DISTINCT FROM " + value + "::" + k.base
	case slices.Contains([]string{"N", "D", "T", "B", "E", "I"}, k.category) || slices.Contains([]string{"uuid", "jsonb", "bytea"}, k.base):
		return column + " IS DISTINCT FROM " + value + "::" + k.typ
	case k.base == "character":
		return column + `::text COLLATE "C" IS DISTINCT FROM rtrim(` + value + `::text) COLLATE "C"`
	case k.category == "S":
		return column + `::text COLLATE "C" IS DISTINCT FROM ` + value + `::text COLLATE "C"`
	}
	return column + `::text COLLATE "C" IS DISTINCT FROM ` + value + "::" + k.base + `::text COLLATE "C"`
}

// differsMySQL: a float keeps fewer digits than the expression that it was given has.
func differsMySQL(k tableColumn, column, value string) string {
	bracket := ""
	if at := strings.IndexByte(k.full, '('); at >= 0 {
		bracket = k.full[at : strings.IndexByte(k.full, ')')+1]
	}
	not := func(v string) string { return "NOT (" + column + " <=> " + v + ")" }
	switch k.typ {
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set":
		return "NOT (CAST(" + column + " AS BINARY) <=> CAST(CONVERT(" + value + " USING " + k.charset + ") AS BINARY))"
	case "tinyint", "smallint", "mediumint", "int", "bigint", "year":
		return "(" + not(value) + " AND COALESCE(" + column + " <> ROUND(" + value + "), TRUE))"
	case "float":
		return "(" + not(value) + " AND COALESCE(ABS(" + column + " - " + value + ") > ABS(" + column + ") * 1.2e-7, TRUE))"
	case "decimal":
		return not("CAST(" + value + " AS DECIMAL" + bracket + ")")
	case "datetime", "timestamp":
		return not("CAST(" + value + " AS DATETIME" + bracket + ")")
	case "date", "time":
		return not("CAST(" + value + " AS " + strings.ToUpper(k.typ) + bracket + ")")
	case "json":
		return not("CAST(" + value + " AS JSON)")
	case "bit":
		return "NOT (" + column + " + 0 <=> " + value + " + 0)"
	}
	return not(value)
}
