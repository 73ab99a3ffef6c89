package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// reader reads one database within a transaction.
type reader struct {
	tx    *sql.Tx
	major int // of the server: 12 to 18
	graph graph
}

// oldest is the oldest major version whose catalogues the queries know.
const oldest = 12

// settings decide how the server prints what it holds. With pg_catalog alone in
// the search path every other name is printed with its schema; a setting that
// waits for a table no longer than a pause keeps us out of a queue.
const settings = `
SELECT current_setting('server_version_num')::int / 10000,
	set_config('search_path', 'pg_catalog, pg_temp', true), set_config('quote_all_identifiers', 'off', true),
	set_config('datestyle', 'ISO', true), set_config('intervalstyle', 'postgres', true), set_config('timezone', 'UTC', true),
	set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true),
	set_config('standard_conforming_strings', 'on', true), set_config('lock_timeout', '10s', true)`

func (r *reader) read(ctx context.Context) error {
	unused := make([]any, 10)
	unused[0] = &r.major
	for i := range unused[1:] {
		unused[i+1] = new(string)
	}
	if err := r.tx.QueryRowContext(ctx, settings).Scan(unused...); err != nil {
		return err
	}
	if r.major < oldest {
		return fmt.Errorf("the server is PostgreSQL %d; %d is the oldest that is read", r.major, oldest)
	}
	for rank, name := range queryNames() {
		if err := r.objects(ctx, rank, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for i, name := range lateQueries() {
		if err := r.objects(ctx, rankLate+i, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, step := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"dependencies", r.dependencies}, {"comments", r.comments}, {"grants", r.grants}, {"sequence values", r.sequenceValues},
	} {
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// objects adds what a query finds.
func (r *reader) objects(ctx context.Context, rank int, name string) error {
	text, err := queryText(name, r.major)
	if err != nil || text == "" {
		return err
	}
	return r.each(ctx, text, func(columns []string, values []sql.NullString) error {
		n, err := nodeOf(columns, values)
		if err != nil {
			return err
		}
		n.rank = rank
		r.graph.add(n)
		return nil
	})
}

// each calls a function for every row of a query, all of its values as text. To
// print an expression or a view the server locks its tables, ACCESS SHARE: what
// was locked after a savepoint is given back with it.
// https://www.postgresql.org/docs/current/explicit-locking.html
func (r *reader) each(ctx context.Context, query string, row func([]string, []sql.NullString) error) error {
	if _, err := r.tx.ExecContext(ctx, "SAVEPOINT query"); err != nil {
		return err
	}
	if err := r.scan(ctx, query, row); err != nil {
		return err
	}
	_, err := r.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT query")
	return err
}

func (r *reader) scan(ctx context.Context, query string, row func([]string, []sql.NullString) error) (err error) {
	rows, err := r.tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]sql.NullString, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := row(columns, values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// nodeOf reads a row by its columns' names: those of an Object, those that say
// what it is in the catalogues, "sql ..." for statements in their order, and all
// others are properties.
func nodeOf(columns []string, values []sql.NullString) (*node, error) {
	n := &node{}
	var value []property
	for i, v := range values {
		if !v.Valid {
			continue
		}
		var err error
		switch name := columns[i]; {
		case name == "class":
			n.Class = v.String
		case name == "name":
			n.Name = v.String
		case name == "unwritten":
			n.Unwritten = v.String
		case name == "target":
			n.target = v.String
		case name == "placeholder":
			n.placeholder = v.String
		case name == "catalog":
			n.catalog, err = oidOf(v.String)
		case name == "oid":
			n.oid, err = oidOf(v.String)
		case name == "sub":
			n.sub, err = oidOf(v.String)
		case name == "relation":
			n.relation, err = oidOf(v.String)
		case strings.HasPrefix(name, "sql "):
			n.SQL = append(n.SQL, v.String)
		default:
			value = append(value, property{name, v.String})
		}
		if err != nil {
			return nil, fmt.Errorf("%s %s: column %s: %w", n.Class, n.Name, columns[i], err)
		}
	}
	n.Value = valueOf(value)
	return n, nil
}
