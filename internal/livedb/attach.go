package livedb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/safemig/safemig/dialect/fact"
)

// Attach opens a database of a server that is running. The DSN is a URL
// (postgres://, mysql://, mariadb://), PostgreSQL's keywords (host=db.example user=me),
// or what the MySQL driver understands (user:password@tcp(host:3306)/name).
func Attach(ctx context.Context, dsn string) (*DB, error) {
	pool, isPostgres, err := open(dsn)
	if err != nil {
		return nil, err
	}
	db := &DB{DB: pool, Dialect: "mysql", dsn: dsn}
	query := "SELECT version()"
	if isPostgres {
		db.Dialect, query = "postgres", "SHOW server_version"
	}
	version, err := db.greet(ctx, query)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	if strings.Contains(version, "MariaDB") {
		db.Dialect = "mariadb"
	}
	if db.Version, err = fact.Parse(version); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return db, nil
}

func open(dsn string) (pool *sql.DB, isPostgres bool, err error) {
	scheme, isURL := schemeOf(dsn)
	switch {
	case isURL && (scheme == "postgres" || scheme == "postgresql"), startsWithKeyword(dsn):
		pool, err = postgresPool(dsn)
		return pool, true, err
	case isURL && scheme != "mysql" && scheme != "mariadb":
		return nil, false, fmt.Errorf("the DSN's scheme %q is none of postgres, mysql, mariadb", scheme)
	}
	if dsn, err = mysqlDSN(dsn); err != nil {
		return nil, false, err
	}
	pool, err = mysqlPool(dsn)
	return pool, false, err
}

// schemeOf is the scheme of a URL. A password may have :// in it.
func schemeOf(dsn string) (scheme string, isURL bool) {
	scheme, _, has := strings.Cut(dsn, "://")
	return scheme, has && scheme != "" && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz+") == ""
}

// startsWithKeyword tells a libpq connection string by its beginning: what the MySQL
// driver understands has a user, a network or the slash before the database there.
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
func startsWithKeyword(dsn string) bool {
	word, _, has := strings.Cut(strings.TrimSpace(dsn), "=")
	return has && strings.Trim(strings.TrimSpace(word), "abcdefghijklmnopqrstuvwxyz_") == ""
}

// mysqlDSN is a DSN as the MySQL driver wants it.
func mysqlDSN(dsn string) (string, error) {
	if _, isURL := schemeOf(dsn); isURL {
		return fromURL(dsn)
	}
	return dsn, nil
}

// fromURL writes a URL as the MySQL driver wants it.
func fromURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || checkURL(text) != nil {
		return "", errNoURL
	}
	c := mysql.NewConfig()
	c.Net, c.Addr = "tcp", u.Host
	if u.Port() == "" {
		c.Addr = u.Host + ":3306"
	}
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.DBName = strings.TrimPrefix(u.Path, "/")
	dsn := c.FormatDSN()
	if u.RawQuery == "" {
		return dsn, nil
	}
	query := strings.ReplaceAll(u.RawQuery, "/", "%2F") // the driver takes the last slash for the one before the database
	if strings.Contains(dsn, "?") {
		return dsn + "&" + query, nil
	}
	return dsn + "?" + query, nil
}

// ErrorCode is the server's code of an error: the SQLSTATE of PostgreSQL, the
// number of MySQL and MariaDB; empty where the error is not a server's.
func ErrorCode(err error) string {
	var postgres interface{ SQLState() string }
	if errors.As(err, &postgres) {
		return postgres.SQLState()
	}
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return fmt.Sprint(my.Number)
	}
	return ""
}

// Message is what a server says in an error; empty where the error is not a server's.
func Message(err error) string {
	var postgres *pgconn.PgError
	if errors.As(err, &postgres) {
		return postgres.Message
	}
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return my.Message
	}
	return ""
}

// ErrorNumber is the number of an error of MySQL or MariaDB; 0 where it is another's.
func ErrorNumber(err error) int {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return int(my.Number)
	}
	return 0
}

// State is the SQLSTATE of a server's error; empty where the error is not a server's.
func State(err error) string {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return strings.TrimRight(string(my.SQLState[:]), "\x00")
	}
	var postgres interface{ SQLState() string }
	if errors.As(err, &postgres) {
		return postgres.SQLState()
	}
	return ""
}
