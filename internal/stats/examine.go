package stats

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/livedb"
)

// Details are what estimates go by: a server, and some of its tables.
type Details struct {
	Server estimate.Server
	Tables []*estimate.Table
}

// Examine asks a server for what it knows of some tables, in one transaction that is
// READ ONLY. No table is read. One that it does not have is Absent.
func Examine(ctx context.Context, db *livedb.DB, wanted []change.Name) (d *Details, err error) {
	session, err := db.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	query := postgresQuery
	if db.Dialect != "postgres" {
		query = mysqlQuery
	}
	if err := prepare(ctx, db, session); err != nil {
		return nil, fmt.Errorf("asking %s about its tables: %w", db, err)
	}
	sizes, err := read(ctx, session, query)
	if err != nil {
		return nil, fmt.Errorf("reading the sizes of the tables of %s: %w", db, err)
	}
	x := examiner{db: db, tables: tablesOf(db, sizes, wanted)}
	if x.tx, err = session.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}); err != nil {
		return nil, fmt.Errorf("asking %s about its tables: %w", db, err)
	}
	defer func() { err = errors.Join(err, ended(x.tx.Rollback())) }()
	x.server = estimate.Server{Name: db.String(), Dialect: db.Dialect, Major: db.Version.Major}
	if err := x.run(ctx); err != nil {
		return nil, fmt.Errorf("reading the statistics of %s: %w", db, err)
	}
	return &Details{Server: x.server, Tables: x.tables}, nil
}

// tablesOf are the tables that are wanted, as the server has them. A name without a
// schema is that of the only table that is called so, else of the one in public.
func tablesOf(db *livedb.DB, sizes map[string]Table, wanted []change.Name) []*estimate.Table {
	var all []*estimate.Table
	for name, size := range sizes {
		schema, bare, _ := strings.Cut(name, ".")
		t := &estimate.Table{Name: change.Name{Schema: schema, Name: bare}, Rows: -1, Bytes: -1, IndexBytes: -1}
		t.RowsFrom, t.BytesFrom = "pg_class.reltuples", "pg_table_size()"
		if db.Dialect != "postgres" {
			t.RowsFrom, t.BytesFrom = "information_schema.tables.table_rows", "data_length"
		}
		if size.Rows != nil {
			t.Rows = float64(*size.Rows)
		}
		if size.Bytes != nil {
			t.Bytes = float64(*size.Bytes)
		}
		all = append(all, t)
	}
	known := estimate.NewTables(db.Dialect, all)
	var out []*estimate.Table
	for _, n := range wanted {
		t := known.Of(n)
		if t == nil && n.Schema == "" && db.Dialect == "postgres" {
			t = known.Of(change.Name{Schema: "public", Name: n.Name})
		}
		if t == nil {
			t = &estimate.Table{Name: n, Absent: true}
		}
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// examiner reads what a server knows of tables.
type examiner struct {
	db     *livedb.DB
	tx     *sql.Tx
	server estimate.Server
	tables []*estimate.Table
}

func (x *examiner) run(ctx context.Context) error {
	looks := []func(context.Context) error{x.pgServer, x.pgReplicas, x.pgTables, x.pgWidths, x.pgIndexes}
	if x.db.Dialect != "postgres" {
		looks = []func(context.Context) error{x.mysqlTables, x.mysqlColumns, x.mysqlIndexes, x.mysqlWrites}
	}
	for _, look := range looks {
		if err := look(ctx); err != nil {
			return err
		}
	}
	return nil
}

// each reads a query about all tables, whose first columns are a schema and a name.
func (x *examiner) each(ctx context.Context, query string, use func(t *estimate.Table, row []string)) error {
	_, rows, err := livedb.Texts(ctx, x.tx, query)
	if err != nil {
		return err
	}
	for _, values := range rows {
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = v.String
		}
		for _, t := range x.tables {
			if !t.Absent && t.Name.Schema == row[0] && t.Name.Name == row[1] {
				use(t, row[2:])
			}
		}
	}
	return nil
}

// in is the condition that a schema's and a name's columns are one of the tables'.
func (x *examiner) in(schema, name string) string {
	parts := []string{"('', '')"}
	for _, t := range x.tables {
		if !t.Absent {
			parts = append(parts, "("+x.text(t.Name.Schema)+", "+x.text(t.Name.Name)+")")
		}
	}
	return "(" + schema + ", " + name + ") IN (" + strings.Join(parts, ", ") + ")"
}

func (x *examiner) text(s string) string {
	if x.db.Dialect != "postgres" && strings.Contains(s, `\`) {
		return "_utf8mb4 X'" + hex.EncodeToString([]byte(s)) + "'" // whatever sql_mode makes of a backslash
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// number is a figure of a row; what is none is -1.
func number(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return -1
	}
	return n
}

// rate is what has come together since a moment, in seconds of age.
func rate(count, age float64) (perSecond float64, since time.Time) {
	if count < 0 || age < leastAge {
		return 0, time.Time{}
	}
	return count / age, time.Now().Add(-time.Duration(age * float64(time.Second)))
}

// leastAge is for how many seconds something must have been counted to tell a rate.
const leastAge = 60

// Guess is how many rows a condition takes, as PostgreSQL's planner has it; false where
// it cannot say, as of columns that are not there yet.
func Guess(ctx context.Context, db *livedb.DB, table, where string) (rows float64, known bool) {
	query := "SELECT 1 FROM " + table
	if where != "" {
		query += " WHERE " + where
	}
	found, err := livedb.Named(ctx, db, "EXPLAIN "+query)
	if err != nil || len(found) == 0 {
		return 0, false
	}
	_, text, _ := strings.Cut(found[0]["QUERY PLAN"], " rows=")
	text, _, _ = strings.Cut(text, " ")
	rows = number(text)
	return rows, rows >= 0
}
