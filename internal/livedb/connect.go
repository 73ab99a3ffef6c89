package livedb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// patience is how long a server may take to answer at first: one that is no PostgreSQL
// or no MySQL waits for words that never come.
const patience = 30 * time.Second

// connectError says in few words why there is no connection. The drivers' own have a
// line for each attempt, the fallback from TLS among them.
type connectError struct {
	said string
	err  error
}

func (e *connectError) Error() string { return e.said }
func (e *connectError) Unwrap() error { return e.err }

// greet opens the first connection and asks for the server's version.
func (d *DB) greet(ctx context.Context, query string) (version string, err error) {
	soon, stop := context.WithTimeout(ctx, patience)
	defer stop()
	err = d.QueryRowContext(soon, query).Scan(&version)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		err = fmt.Errorf("connecting: %w", err)
	case soon.Err() != nil:
		err = d.notConnected(err, fmt.Sprintf("no answer within %s: are host and port right, and is it a %s server?", patience, d.kind()))
	default:
		err = d.notConnected(err, inShort(err))
	}
	return version, err
}

func (d *DB) kind() string {
	if d.Dialect == "postgres" {
		return "PostgreSQL"
	}
	return "MySQL or MariaDB"
}

func (d *DB) notConnected(err error, why string) error {
	if why == "" {
		return fmt.Errorf("connecting: %w", err)
	}
	return &connectError{fmt.Sprintf("connecting to %s: %s", cmp.Or(HostOf(d.dsn), "the server"), why), err}
}

// inShort is why a server was not reached, or what it said; "" for all that is rarer.
func inShort(err error) string {
	var name *net.DNSError
	switch said := Message(err); {
	case said != "":
		return said + " (" + ErrorCode(err) + ")" + remedy(ErrorCode(err))
	case errors.As(err, &name) && name.IsNotFound:
		return "no host is called " + name.Name
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused: is the server running, and is the port right?"
	case errors.Is(err, syscall.ENOENT):
		return "there is no such socket: is the server running?"
	}
	return ""
}

// remedy is what to do about what a server says to somebody who comes in.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
// https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html
func remedy(code string) string {
	switch code {
	case "28P01", "1045":
		return ": are user and password those of this server?"
	case "3D000", "1049":
		return ": the database stands behind the last / of the DSN"
	}
	return ""
}
