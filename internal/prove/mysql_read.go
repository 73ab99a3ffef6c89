package prove

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func backquote(ident string) string { return "`" + strings.ReplaceAll(ident, "`", "``") + "`" }

// constant is a string with its backslashes as sql_mode leaves them by default.
// https://dev.mysql.com/doc/refman/8.4/en/string-literals.html
func constant(s string) string { return literal(strings.ReplaceAll(s, `\`, `\\`)) }

// relations are the tables of the database that the session is in: their names
// have no schema, so that they are the same in every database of a case.
func (mysql) relations(ctx context.Context, s *sql.Conn) ([]relation, error) {
	found, err := table(ctx, s, `
		SELECT t.TABLE_NAME, c.COLUMN_NAME, (SELECT i.INDEX_NAME FROM information_schema.STATISTICS i
			WHERE i.TABLE_SCHEMA = t.TABLE_SCHEMA AND i.TABLE_NAME = t.TABLE_NAME AND i.NON_UNIQUE = 0
			ORDER BY i.INDEX_NAME <> 'PRIMARY', i.INDEX_NAME LIMIT 1)
		FROM information_schema.TABLES t JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
		WHERE t.TABLE_SCHEMA = database() AND t.TABLE_TYPE = 'BASE TABLE'
		ORDER BY t.TABLE_NAME, c.COLUMN_NAME`)
	if err != nil {
		return nil, err
	}
	var out []relation
	for _, row := range found {
		name := change.Name{Name: text(row[0])}
		if len(out) == 0 || out[len(out)-1].name != name {
			r := relation{name: name, kind: "r", written: backquote(name.Name)}
			if row[2] != nil {
				if r.key, err = indexColumns(ctx, s, name.Name, *row[2]); err != nil {
					return nil, err
				}
			}
			out = append(out, r)
		}
		r := &out[len(out)-1]
		r.columns = append(r.columns, text(row[1]))
	}
	return out, nil
}

func indexColumns(ctx context.Context, s *sql.Conn, of, index string) ([]string, error) {
	found, err := table(ctx, s, "SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = database() AND TABLE_NAME = "+
		constant(of)+" AND INDEX_NAME = "+constant(index)+" AND COLUMN_NAME IS NOT NULL ORDER BY SEQ_IN_INDEX")
	var out []string
	for _, row := range found {
		out = append(out, text(row[0]))
	}
	return out, err
}

func (mysql) only(r relation) string { return r.quoted() }

// may: the sessions of a case are those of one who may do all.
func (mysql) may(context.Context, *trial, *sql.Conn, relation) (map[string]bool, error) {
	return map[string]bool{"SELECT": true, "DELETE": true}, nil
}

// contents are a table's rows. Numbers with a fraction and strings are read as the
// server prints them.
func (mysql) contents(ctx context.Context, t *trial, s *sql.Conn, r relation) (contents, error) {
	out := contents{name: r.name}
	var values, distinct []string
	for _, column := range r.columns {
		if slices.Contains(t.Volatile, Column{r.name, column}) {
			values = append(values, backquote(column)+" IS NULL")
			distinct = append(distinct, "count(DISTINCT "+backquote(column)+")")
			continue
		}
		out.columns = append(out.columns, column)
		values = append(values, backquote(column))
	}
	found, err := table(ctx, s, fmt.Sprintf("SELECT %s FROM %s", strings.Join(values, ", "), backquote(r.name.Name)))
	if err != nil {
		return out, err
	}
	for _, row := range found {
		out.rows = append(out.rows, quotedRow(row))
	}
	slices.Sort(out.rows)
	if len(distinct) > 0 {
		found, err := table(ctx, s, fmt.Sprintf("SELECT concat('different values: ', concat_ws(', ', %s)) FROM %s", strings.Join(distinct, ", "), backquote(r.name.Name)))
		if err != nil {
			return out, err
		}
		out.rows = append(out.rows, text(found[0][0]))
	}
	return out, nil
}

func quotedRow(row []*string) string {
	var out []string
	for _, v := range row {
		if v == nil {
			out = append(out, "NULL")
			continue
		}
		out = append(out, strconv.Quote(*v))
	}
	return "(" + strings.Join(out, ",") + ")"
}

// find reads a table. All writes have the same key columns.
func (mysql) find(ctx context.Context, s *sql.Conn, k site, writes []write, called names) (*found, error) {
	attributes, err := table(ctx, s, "SELECT COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = database() AND TABLE_NAME = "+constant(k.table.Name)+" ORDER BY ORDINAL_POSITION")
	if err != nil {
		return nil, err
	}
	var list []string
	types := map[string]string{}
	for _, a := range attributes {
		types[text(a[0])] = text(a[1])
		list = append(list, text(a[0]))
	}
	f := &found{table: k.table, columns: types, rows: map[string]map[string]*string{}}
	if len(list) == 0 {
		return f, nil // the table is gone
	}
	rows, err := rowsOf(ctx, s, backquote(k.table.Name), list)
	if err != nil {
		return nil, err
	}
	for _, values := range rows {
		var key []*string
		for _, c := range writes[0].by.key {
			key = append(key, values[called(Column{writes[0].by.table, c}).Column])
		}
		f.rows[joined(key)] = values
	}
	return f, nil
}

// rowsOf are the rows of a table or a view, by the names of the columns.
func rowsOf(ctx context.Context, s *sql.Conn, name string, columns []string) ([]map[string]*string, error) {
	var quoted []string
	for _, c := range columns {
		quoted = append(quoted, backquote(c))
	}
	rows, err := table(ctx, s, "SELECT "+strings.Join(quoted, ", ")+" FROM "+name)
	if err != nil {
		return nil, err
	}
	var out []map[string]*string
	for _, row := range rows {
		values := map[string]*string{}
		for i, c := range columns {
			values[c] = row[i]
		}
		out = append(out, values)
	}
	return out, nil
}

// same compares numbers as such: a column may have got another scale.
func (mysql) same(_ context.Context, _ *sql.Conn, v *string, at cell) (bool, error) {
	if v == nil || at.value == nil {
		return v == at.value, nil
	}
	if *v == *at.value {
		return true, nil
	}
	a, err := strconv.ParseFloat(*v, 64)
	b, err2 := strconv.ParseFloat(*at.value, 64)
	return err == nil && err2 == nil && a == b, nil
}
