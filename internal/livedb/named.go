package livedb

import (
	"context"
	"database/sql"
	"errors"
)

// Queryer is a session or a transaction.
type Queryer interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

// Texts are a query's rows as texts, and the names of their columns.
func Texts(ctx context.Context, c Queryer, query string) (names []string, out [][]sql.NullString, err error) {
	rows, err := c.QueryContext(ctx, query)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if names, err = rows.Columns(); err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		row, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, nil, err
		}
		out = append(out, row)
	}
	return names, out, rows.Err()
}

// Named are a query's rows by the names of their columns; NULL is left out. It is
// for commands whose columns differ between servers: SHOW, EXPLAIN.
func Named(ctx context.Context, c Queryer, query string) ([]map[string]string, error) {
	names, rows, err := Texts(ctx, c, query)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]string, 0, len(rows))
	for _, values := range rows {
		row := map[string]string{}
		for i, v := range values {
			if v.Valid {
				row[names[i]] = v.String
			}
		}
		out = append(out, row)
	}
	return out, nil
}
