// Package livedb finds, starts and stops throw-away database servers, and opens
// connections to them or to a server that is already running. It is the only
// package that imports database drivers.
package livedb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/safemig/safemig/dialect/fact"
)

// Server is a server program that was found on this machine.
type Server struct {
	Dialect string // "postgres", "mysql", "mariadb"
	Version fact.Version
	Program string // the server program's path; within Root where there is one
	Root    string // an unpacked system to run it in with chroot; empty: this machine's own
}

func (s Server) String() string { return fact.DialectName(s.Dialect) + " " + s.Version.String() }

// DB is a database on a running server. Its connections are not pooled: each
// is a session of its own, with nothing set.
type DB struct {
	*sql.DB
	Dialect string
	Version fact.Version

	dsn      string
	process  *process     // nil where the server is not ours
	ownUsers []string     // MySQL and MariaDB: the statements that would drop the server's own users
	drop     func() error // drops the database, where Own made it
	ownName  string       // of that database
	onOurs   bool         // it is on a throw-away server of ours
}

// DSN is how another program reaches the database, as Attach understands it.
func (d *DB) DSN() string { return d.dsn }

// IsOurs says whether the whole server is a throw-away one of ours.
func (d *DB) IsOurs() bool { return d.process != nil || d.onOurs }

func (d *DB) String() string { return fact.DialectName(d.Dialect) + " " + d.Version.String() }

// Close closes the connections. A server that Start started is stopped and
// its folder removed; a database that Own made is dropped.
func (d *DB) Close() error {
	err := d.DB.Close()
	if d.drop != nil {
		err = errors.Join(err, d.drop())
	}
	if d.process == nil {
		return err
	}
	return errors.Join(err, d.process.stop())
}

// Session is one connection, kept apart. The caller closes it. On a throw-away
// MySQL or MariaDB it is in the database that Reset makes anew.
func (d *DB) Session(ctx context.Context) (*sql.Conn, error) {
	c, err := d.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", d, err)
	}
	if d.process != nil && d.Dialect != "postgres" {
		if err := execAll(ctx, c, "USE "+scratch); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// openPool wraps a driver so that no session is ever used twice.
func openPool(db *sql.DB) *sql.DB {
	db.SetMaxIdleConns(-1)
	return db
}
