package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
)

// mysql is the flavour of MySQL and MariaDB.
type mysql struct{ product string }

// Errors that are told apart.
// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
const (
	unknownThread    = "1094"
	syntaxErrorMySQL = "1064"
	notSupportedYet  = "1235"
	lockWaitTimeout  = "1205"
	deadlock         = "1213"
	duplicateEntry   = "1062"
	unknownFunction  = "1305"
	unsupportedInPS  = "1295"
	notEmpty         = "1010"
)

// home is what a case calls the database that it is in, where it names it.
const home = "safemig_home"

// settings: many sessions are opened at a moment, each for one thing.
func (mysql) settings() []string { return []string{"max-connections=400", "back-log=400"} }
func (mysql) traced() bool       { return false }

// create makes an empty database: the servers copy none.
func (mysql) create(ctx context.Context, b *Bench, name string, _ *database) (copied bool, err error) {
	if _, err := b.db.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return false, fmt.Errorf("database %s: %w", name, err)
	}
	return false, nil
}

func (mysql) address(server, name string) (string, error) {
	return server[:strings.LastIndexByte(server, '/')+1] + name, nil
}

func (m mysql) remove(ctx context.Context, b *Bench, name string) error {
	return b.db.session(ctx, func(s *sql.Conn) error {
		if err := b.endAll(ctx, s, name); err != nil {
			return err
		}
		return dropped(ctx, s, name)
	})
}

// dropped removes a database. A statement of a session that was ended goes on for a
// moment, and MariaDB may leave a file of its own there: the tables are gone then.
// https://mariadb.com/kb/en/e1010/
func dropped(ctx context.Context, s *sql.Conn, name string) error {
	const tries = 5
	for try := 1; ; try++ {
		err := exec(ctx, s, "DROP DATABASE IF EXISTS "+name)
		if livedb.ErrorCode(err) != notEmpty {
			return err
		}
		if try == tries {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// endAll ends the sessions that are in a database.
func (b *Bench) endAll(ctx context.Context, s *sql.Conn, name string) error {
	found, err := table(ctx, s, "SELECT id FROM "+processes(b.Server.Dialect)+" WHERE db = "+constant(name)+" AND id <> connection_id()")
	if err != nil {
		return err
	}
	for _, row := range found {
		if err := b.end(ctx, text(row[0])); err != nil {
			return err
		}
	}
	return nil
}

func (mysql) whoami() string           { return "SELECT connection_id()" }
func (mysql) ending(pid string) string { return "KILL " + pid }
func (m mysql) alive(pid string) string {
	return "SELECT 1 FROM " + processes(m.product) + " WHERE id = " + pid
}

// processes is the list of sessions: MySQL's in information_schema cannot be read while
// a statement with characters of four bytes runs (measured on 9.7).
// https://dev.mysql.com/doc/refman/8.4/en/performance-schema-processlist-table.html
func processes(product string) string {
	if product == "mysql" {
		return "performance_schema.processlist"
	}
	return "information_schema.processlist"
}

func (mysql) notKnown(err error) bool {
	switch livedb.ErrorCode(err) {
	case syntaxErrorMySQL, notSupportedYet, unknownFunction:
		return true
	}
	return false
}

func (mysql) catalogue(ctx context.Context, d *database) ([]catalog.Object, error) {
	return catalog.MySQL(ctx, d)
}

// behind: InnoDB counts on from the greatest number that is there.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-auto-increment-handling.html
func (mysql) behind(context.Context, *database) (map[string]string, error) { return nil, nil }

// here is SQL of a case in the database that a session is in.
func here(ctx context.Context, s *sql.Conn, sql string) (string, error) {
	if !strings.Contains(sql, home) {
		return sql, nil
	}
	found, err := table(ctx, s, "SELECT database()")
	if err != nil {
		return "", err
	}
	return strings.ReplaceAll(sql, home, text(found[0][0])), nil
}
