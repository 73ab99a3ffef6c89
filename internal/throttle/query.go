package throttle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// query is a question of the user's own to the server.
type query struct{ text string }

// Name says what is watched.
func (query) Name() string { return "the throttle query" }

// Read asks it. It brakes with true, a number but zero, a text that is not empty,
// and also with NULL and without a row: who asks for a figure that is not there
// (a replica's row in a view, say) must not go on as if all were well.
func (q query) Read(ctx context.Context, c *sql.Conn) (r Reading, err error) {
	rows, err := c.QueryContext(ctx, q.text)
	if err != nil {
		return Reading{}, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return Reading{}, err
	}
	if len(columns) != 1 {
		return Reading{}, unknown("it gives %d columns, not one", len(columns))
	}
	if !rows.Next() {
		return answered(nil, "", false), rows.Err()
	}
	var value any
	if err := rows.Scan(&value); err != nil {
		return Reading{}, err
	}
	if rows.Next() {
		return Reading{}, unknown("it gives more than one row")
	}
	return answered(value, columns[0].DatabaseTypeName(), true), rows.Err()
}

func answered(value any, kind string, found bool) Reading {
	if b, ok := value.([]byte); ok {
		value = string(b)
	}
	if s, ok := value.(string); ok && (strings.Contains(kind, "DEC") || strings.Contains(kind, "NUM") || strings.Contains(kind, "INT")) {
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			value = n
		}
	}
	switch v := value.(type) {
	case nil:
		if !found {
			return Reading{Over: true, Text: "the throttle query gives no row"}
		}
		return Reading{Over: true, Text: "the throttle query gives NULL"}
	case bool:
		return Reading{Over: v, Value: strconv.FormatBool(v), Text: fmt.Sprintf("the throttle query gives %t", v)}
	case string:
		if v == "" {
			return calm("the throttle query gives an empty text")
		}
		return Reading{Over: true, Value: oneLine(v), Text: "the throttle query says: " + oneLine(v)}
	}
	n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
	if err != nil {
		return Reading{Over: true, Text: "the throttle query gives neither a truth value nor a number nor a text"}
	}
	text := strconv.FormatFloat(n, 'f', -1, 64)
	return Reading{Figure: n, Value: text, Limit: "0", Over: n != 0, Text: "the throttle query gives " + text}
}
