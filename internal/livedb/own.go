package livedb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/safemig/safemig/dialect/fact"
)

// ownPrefix begins the names of the databases that Own makes.
const ownPrefix = "safemig_scratch_"

// dropTimeout is for taking down a database of our own.
const dropTimeout = 30 * time.Second

// Own makes a database of our own on the server and opens it. Nothing else of the
// server's is touched. Closing it drops the database; d stays open.
func (d *DB) Own(ctx context.Context) (*DB, error) {
	return d.own(ctx, "template0") // template1 may hold what somebody put there
}

// OwnCopy is Own with everything in it that another database of our own on the same
// server holds, which nobody may be working in. PostgreSQL only: the others copy none.
func (d *DB) OwnCopy(ctx context.Context, of *DB) (*DB, error) {
	if d.Dialect != "postgres" || of.ownName == "" {
		return nil, fmt.Errorf("%s copies no databases", d)
	}
	template := of.ownName
	if !d.Version.Less(fact.V(15)) {
		template += " STRATEGY FILE_COPY" // does not write the rows to the WAL
	}
	const patience = 15 * time.Second // a session that was closed, or autovacuum, is on its way out
	for until := time.Now().Add(patience); ; {
		out, err := d.own(ctx, template)
		if ErrorCode(err) != objectInUse || time.Now().After(until) {
			return out, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// objectInUse: somebody is in the database that is to be copied.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const objectInUse = "55006"

// own makes a database; its template is PostgreSQL's.
func (d *DB) own(ctx context.Context, template string) (*DB, error) {
	random := make([]byte, 6)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("a name for a database: %w", err)
	}
	name := ownPrefix + hex.EncodeToString(random)
	create := "CREATE DATABASE " + name
	if d.Dialect == "postgres" {
		create += " TEMPLATE " + template
	}
	if err := execAll(ctx, d, create); err != nil {
		return nil, d.notMade(ctx, name, err)
	}
	pool, err := d.poolOf(name)
	if err != nil {
		return nil, errors.Join(err, d.dropOwn(name))
	}
	return &DB{
		DB: pool, Dialect: d.Dialect, Version: d.Version, ownName: name, onOurs: d.process != nil,
		drop: func() error { return d.dropOwn(name) },
	}, nil
}

// notMade says why there is no database. Where the run was interrupted it may have
// been made all the same.
func (d *DB) notMade(ctx context.Context, name string, err error) error {
	err = fmt.Errorf("making a database of our own: %w", err)
	if code := ErrorCode(err); code == "42501" || code == "1044" {
		right := "ALTER ROLE .. CREATEDB"
		if d.Dialect != "postgres" {
			right = "GRANT ALL ON `safemig\\_scratch\\_%`.* TO .."
		}
		err = fmt.Errorf("%w: the user lacks that right (%s); without a DSN a server of this machine is started", err, right)
	}
	if ctx.Err() == nil {
		return err
	}
	return errors.Join(err, d.dropOwn(name))
}

// poolOf opens another database of the same server as the same user.
func (d *DB) poolOf(name string) (*sql.DB, error) {
	if d.Dialect == "postgres" {
		config, err := postgresConfig(d.dsn)
		if err != nil {
			return nil, err
		}
		config.Database, config.DefaultQueryExecMode = name, pgx.QueryExecModeSimpleProtocol
		return openPool(plainly(config)), nil
	}
	dsn, err := mysqlDSN(d.dsn)
	if err != nil {
		return nil, err
	}
	config, err := checkMySQL(dsn)
	if err != nil {
		return nil, err
	}
	config.DBName = name
	return mysqlPool(config.FormatDSN())
}

// dropOwn drops a database of ours, whoever still works in it. It does so when the
// run was interrupted as well.
func (d *DB) dropOwn(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), dropTimeout)
	defer cancel()
	for {
		err := errors.Join(d.endSessions(ctx, name), execAll(ctx, d, "DROP DATABASE IF EXISTS "+name))
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the database %s is left behind, drop it: %w", name, err)
		case <-time.After(200 * time.Millisecond): // somebody is on the way out
		}
	}
}

// endSessions ends what still runs in a database of ours.
func (d *DB) endSessions(ctx context.Context, name string) error {
	if d.Dialect == "postgres" {
		return execAll(ctx, d, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	}
	c, err := d.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // it has done its work, or failed and said so
	kills, err := texts(ctx, c, "SELECT concat('KILL ', id) FROM information_schema.processlist WHERE db = '"+name+"'")
	if err != nil {
		return err
	}
	for _, kill := range kills {
		if _, err := c.ExecContext(ctx, kill); err != nil && ErrorCode(err) != noSuchThread {
			return err
		}
	}
	return nil
}

// noSuchThread: the session has ended by itself.
const noSuchThread = "1094"
