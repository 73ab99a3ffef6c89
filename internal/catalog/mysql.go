package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// MySQL reads the database of MySQL or MariaDB that a session is in, from
// information_schema and with SHOW CREATE TABLE: as values to compare, not as SQL
// to run. Its objects are of the classes "table", "column", "column order", "index",
// "constraint", "constraint columns", "reference", "check", "partition", "view",
// "trigger", "routine", "event", and "definition", which is SHOW CREATE TABLE. Where
// AUTO_INCREMENT stands is left out, and so is in which order a definition has
// columns and keys; that of the columns is an object of its own.
//
// The server takes a shared metadata lock on each table while it prints it.
func MySQL(ctx context.Context, db Querier) (objects []Object, err error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	defer func() { err = errors.Join(err, ended(tx.Rollback())) }()
	r := &mysqlReader{tx: tx}
	queries, err := r.queries(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	for _, q := range queries {
		if err := r.class(ctx, q); err != nil {
			return nil, fmt.Errorf("reading the catalogue: %w", err)
		}
	}
	if err := r.definitions(ctx); err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	return r.objects, nil
}

type mysqlReader struct {
	tx      *sql.Tx
	home    string // the database
	objects []Object
}

// mysqlQuery reads a class from a view of information_schema.
type mysqlQuery struct {
	class, view string
	schema      string   // its column of the database
	name        []string // its columns that make the name
	without     []string // columns that are no matter of the schema
	where       string
	parts       bool // several rows are one object: their values are joined
}

// mysqlQueries are what is read. All other columns of a view are properties: what a
// server has more than another is compared too.
// https://dev.mysql.com/doc/refman/8.4/en/information-schema.html
func mysqlQueries() []mysqlQuery {
	counts := []string{
		"TABLE_ROWS", "AVG_ROW_LENGTH", "DATA_LENGTH", "MAX_DATA_LENGTH", "INDEX_LENGTH", "DATA_FREE", "AUTO_INCREMENT", "CREATE_TIME", "UPDATE_TIME",
		"CHECK_TIME", "CHECKSUM", "VERSION", "MAX_INDEX_LENGTH",
	}
	made := []string{"CREATED", "LAST_ALTERED", "LAST_EXECUTED", "STARTS"}
	return []mysqlQuery{
		{class: "table", view: "TABLES", schema: "TABLE_SCHEMA", name: []string{"TABLE_NAME"}, without: counts, where: "TABLE_TYPE <> 'VIEW'"},
		{
			class: "column", view: "COLUMNS", schema: "TABLE_SCHEMA", name: []string{"TABLE_NAME", "COLUMN_NAME"},
			without: []string{"ORDINAL_POSITION", "COLUMN_KEY", "PRIVILEGES"}, where: tablesAlone,
		},
		{class: "column order", view: "COLUMNS", schema: "TABLE_SCHEMA", name: []string{"TABLE_NAME"}, where: tablesAlone, parts: true},
		{
			class: "index", view: "STATISTICS", schema: "TABLE_SCHEMA", name: []string{"TABLE_NAME", "INDEX_NAME"},
			without: []string{"CARDINALITY", "INDEX_SCHEMA"}, parts: true,
		},
		{class: "constraint", view: "TABLE_CONSTRAINTS", schema: "TABLE_SCHEMA", name: []string{"TABLE_NAME", "CONSTRAINT_NAME"}, without: []string{"CONSTRAINT_SCHEMA"}},
		{
			class: "constraint columns", view: "KEY_COLUMN_USAGE", schema: "TABLE_SCHEMA", name: []string{"TABLE_NAME", "CONSTRAINT_NAME"},
			without: []string{"CONSTRAINT_SCHEMA"}, parts: true,
		},
		{
			class: "reference", view: "REFERENTIAL_CONSTRAINTS", schema: "CONSTRAINT_SCHEMA", name: []string{"TABLE_NAME", "CONSTRAINT_NAME"},
			without: []string{"UNIQUE_CONSTRAINT_SCHEMA"},
		},
		{class: "check", view: "CHECK_CONSTRAINTS", schema: "CONSTRAINT_SCHEMA", name: []string{"CONSTRAINT_NAME"}, parts: true},
		{
			class: "partition", view: "PARTITIONS", schema: "TABLE_SCHEMA", name: []string{"TABLE_NAME", "PARTITION_NAME"},
			without: append([]string{"TABLESPACE_NAME"}, counts...), where: "PARTITION_NAME IS NOT NULL", parts: true,
		},
		{class: "view", view: "VIEWS", schema: "TABLE_SCHEMA", name: []string{"TABLE_NAME"}},
		{class: "trigger", view: "TRIGGERS", schema: "TRIGGER_SCHEMA", name: []string{"TRIGGER_NAME"}, without: append([]string{"EVENT_OBJECT_SCHEMA"}, made...)},
		{class: "routine", view: "ROUTINES", schema: "ROUTINE_SCHEMA", name: []string{"ROUTINE_TYPE", "ROUTINE_NAME"}, without: made},
		{class: "event", view: "EVENTS", schema: "EVENT_SCHEMA", name: []string{"EVENT_NAME"}, without: made},
	}
}

// queries leaves out MariaDB's CHECKs of single columns: they stand in the column's
// definition, and go on by the name that the column had when they were made.
// https://mariadb.com/kb/en/information-schema-check_constraints-table/
func (r *mysqlReader) queries(ctx context.Context) ([]mysqlQuery, error) {
	out := mysqlQueries()
	levels, err := r.rows(ctx, "SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = 'CHECK_CONSTRAINTS' AND COLUMN_NAME = 'LEVEL'")
	if err != nil || len(levels) == 0 {
		return out, err
	}
	for i := range out {
		switch out[i].class {
		case "check":
			out[i].where = "LEVEL = 'Table'"
		case "constraint":
			out[i].where = `NOT (CONSTRAINT_TYPE = 'CHECK' AND EXISTS (SELECT 1 FROM information_schema.CHECK_CONSTRAINTS k
				WHERE k.CONSTRAINT_SCHEMA = database() AND k.TABLE_NAME = TABLE_CONSTRAINTS.TABLE_NAME
				AND k.CONSTRAINT_NAME = TABLE_CONSTRAINTS.CONSTRAINT_NAME AND k.LEVEL = 'Column'))`
		}
	}
	return out, nil
}

// The columns of a view are what its text makes them.
const tablesAlone = "TABLE_NAME IN (SELECT TABLE_NAME FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = database() AND t.TABLE_TYPE <> 'VIEW')"

// class reads one class; the rows come in an order that is the same each time.
func (r *mysqlReader) class(ctx context.Context, q mysqlQuery) error {
	where := q.schema + " = database()"
	if q.where != "" {
		where += " AND " + q.where
	}
	order := strings.Join(q.name, ", ")
	switch q.view {
	case "COLUMNS":
		order += ", ORDINAL_POSITION"
	case "STATISTICS":
		order += ", SEQ_IN_INDEX"
	case "KEY_COLUMN_USAGE":
		order += ", ORDINAL_POSITION"
	case "PARTITIONS":
		order += ", PARTITION_ORDINAL_POSITION, SUBPARTITION_ORDINAL_POSITION"
	case "CHECK_CONSTRAINTS":
		order += ", CHECK_CLAUSE"
	}
	rows, err := r.rows(ctx, "SELECT * FROM information_schema."+q.view+" WHERE "+where+" ORDER BY "+order)
	if err != nil {
		return err
	}
	for _, row := range rows {
		var name []string
		for _, column := range q.name {
			name = append(name, row[column])
		}
		o := Object{Class: q.class, Name: strings.Join(name, "."), Value: q.value(row)}
		if n := len(r.objects); q.parts && n > 0 && r.objects[n-1].Class == o.Class && r.objects[n-1].Name == o.Name {
			r.objects[n-1].Value += "\n\t" + strings.ReplaceAll(o.Value, "\n", " ")
			continue
		}
		if q.parts {
			o.Value = "parts: " + strings.ReplaceAll(o.Value, "\n", " ")
		}
		r.objects = append(r.objects, o)
	}
	return nil
}

// value are the properties of a row, one to a line.
func (q mysqlQuery) value(row map[string]string) string {
	if q.class == "column order" {
		return row["COLUMN_NAME"]
	}
	var lines []string
	for column, v := range row {
		if column == q.schema || strings.HasSuffix(column, "_CATALOG") || slices.Contains(q.name, column) || slices.Contains(q.without, column) {
			continue
		}
		lines = append(lines, strings.ToLower(strings.ReplaceAll(column, "_", " "))+": "+strings.ReplaceAll(v, "\n", "\n\t"))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// rows are a query's rows by the names of the columns; NULL is left out. The
// database's own name is taken out: where it is, is no property.
func (r *mysqlReader) rows(ctx context.Context, query string) (out []map[string]string, err error) {
	if r.home == "" {
		if err := r.tx.QueryRowContext(ctx, "SELECT database()").Scan(&r.home); err != nil {
			return nil, err
		}
	}
	rows, err := r.tx.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%w\nin %s", err, query)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := map[string]string{}
		for i, v := range values {
			if v.Valid && v.String != r.home {
				row[strings.ToUpper(names[i])] = strings.ReplaceAll(v.String, "`"+r.home+"`.", "")
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// definitions are the tables as the server writes them, their lines sorted.
func (r *mysqlReader) definitions(ctx context.Context) error {
	tables, err := r.rows(ctx, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = database() AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME")
	if err != nil {
		return err
	}
	counter := regexp.MustCompile(` AUTO_INCREMENT=\d+`)
	for _, t := range tables {
		shown, err := r.rows(ctx, "SHOW CREATE TABLE `"+strings.ReplaceAll(t["TABLE_NAME"], "`", "``")+"`")
		if err != nil {
			return err
		}
		lines := strings.Split(counter.ReplaceAllString(shown[0]["CREATE TABLE"], ""), "\n")
		for i := range lines {
			lines[i] = strings.TrimSuffix(strings.TrimSpace(lines[i]), ",")
		}
		slices.Sort(lines)
		r.objects = append(r.objects, Object{Class: "definition", Name: t["TABLE_NAME"], Value: "shown: " + strings.Join(lines, "\n\t")})
	}
	return nil
}
