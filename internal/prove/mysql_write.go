package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

func (mysql) patience() string {
	return "SET SESSION lock_wait_timeout = 60, innodb_lock_wait_timeout = 60"
}

// returning: MySQL has no RETURNING and MariaDB none for UPDATE, so that what was
// written is read by its key, in the same transaction.
// https://mariadb.com/kb/en/insertreturning/
func (mysql) returning(*tracked) string { return "" }

func (mysql) apart(c *tracked) bool { return c.followed() }

// write runs a statement and reads the row that it has written.
func (m mysql) write(ctx context.Context, s *sql.Conn, c *tracked, sql, i, r string) ([][]*string, error) {
	sql, err := here(ctx, s, sql)
	if err != nil {
		return nil, err
	}
	if !c.followed() {
		return table(ctx, s, sql)
	}
	done, err := s.ExecContext(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("%w\nin %s", err, sql)
	}
	changed, err := done.RowsAffected()
	if err != nil || changed == 0 {
		return nil, err
	}
	number, err := done.LastInsertId()
	if err != nil {
		return nil, err
	}
	var where, list []string
	var key []*string
	for n, column := range c.key {
		v := strings.ReplaceAll(fill(c.at[n], i, r), given, strconv.FormatInt(number, 10))
		key = append(key, &v)
		where = append(where, backquote(column)+" = "+constant(v))
	}
	if c.Deletes {
		return [][]*string{key}, nil
	}
	for _, column := range slices.Concat(c.key, c.columns) {
		list = append(list, backquote(column))
	}
	rows, err := table(ctx, s, fmt.Sprintf("SELECT %s FROM %s WHERE %s", strings.Join(list, ", "), backquote(c.table.Name), strings.Join(where, " AND ")))
	if err == nil && len(rows) != 1 {
		err = errors.New("the row that it wrote is not there: " + strings.Join(where, " AND ") + " after " + sql)
	}
	return rows, err
}

func (mysql) parameter(int) string { return "?" }

func (mysql) prepare(name, sql string) string { return "PREPARE " + name + " FROM " + constant(sql) }

// execute sets the parameters, which only variables can be.
// https://dev.mysql.com/doc/refman/8.4/en/execute.html
func (mysql) execute(ctx context.Context, s *sql.Conn, name string, args []string) (string, error) {
	call := "EXECUTE " + name
	var set, using []string
	for n, a := range args {
		v := fmt.Sprintf("@%s_%d", name, n)
		set, using = append(set, v+" = "+a), append(using, v)
	}
	if len(args) == 0 {
		return call, nil
	}
	return call + " USING " + strings.Join(using, ", "), exec(ctx, s, "SET "+strings.Join(set, ", "))
}

// untypable: the server does not prepare it.
func (mysql) untypable(err error) bool { return livedb.ErrorCode(err) == unsupportedInPS }

// again: deadlocks are part of InnoDB's life, with DDL or without.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-deadlocks-handling.html
func (mysql) again(err error) bool { return livedb.ErrorCode(err) == deadlock }
