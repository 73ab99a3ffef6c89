package livedb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Options are how a server is started. The zero value is for tests: fast, and
// losing its data when the machine fails.
type Options struct {
	Durable  bool     // as a production server: every commit reaches the disk
	Settings []string // further settings, "name=value"
	Dir      string   // where the temporary folder is made; empty: the system's place for those
}

const startTimeout = 60 * time.Second

// Start sets up a new, empty server in a temporary folder and starts it; only
// a unix socket in that folder reaches it. It ends with Close, or when this
// process ends in any way.
func (s Server) Start(ctx context.Context, o Options) (*DB, error) {
	db, err := s.start(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", s, err)
	}
	return db, nil
}

func (s Server) start(ctx context.Context, o Options) (*DB, error) {
	who, err := serverIdentity(s.Dialect)
	if err != nil {
		return nil, err
	}
	f, err := newFolder(s.folderFor(o), who)
	if err != nil {
		return nil, err
	}
	db, err := s.startIn(ctx, o, f, who)
	if err != nil {
		return nil, errors.Join(err, f.remove())
	}
	return db, nil
}

// folderFor is where the temporary folder is made. A server that is locked into
// a root folder sees nothing outside.
func (s Server) folderFor(o Options) string {
	switch {
	case s.Root != "":
		return filepath.Join(s.Root, "tmp")
	case o.Dir != "":
		return o.Dir
	}
	return os.TempDir()
}

func (s Server) startIn(ctx context.Context, o Options, f *folder, who identity) (*DB, error) {
	setUp, pool := s.setUpMySQL, mysqlServerPool
	if s.Dialect == "postgres" {
		setUp, pool = s.setUpPostgres, postgresPool
	}
	plan, err := setUp(f, who, o)
	if err != nil {
		return nil, err
	}
	conns, err := pool(plan.dsn)
	if err != nil {
		return nil, err
	}
	p, err := launch(f, plan.who, plan.signal, plan.argv)
	if err != nil {
		return nil, errors.Join(err, conns.Close())
	}
	db := &DB{DB: conns, Dialect: s.Dialect, Version: s.Version, dsn: plan.dsn, process: p}
	if err := db.await(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// plan is how a server that is set up is started and reached.
type plan struct {
	argv   []string
	who    identity // whom the keeper runs as
	signal string   // ends the server at once
	dsn    string
}

// await waits until the server answers, and then makes the database ready.
func (d *DB) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var last error
	for {
		if last = d.ready(ctx); last == nil {
			return nil
		}
		select {
		case <-d.process.ended:
			return fmt.Errorf("it ended at once; its last words:\n%s", d.process.log)
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w; its last words:\n%s", errors.Join(ctx.Err(), last), d.process.log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (d *DB) ready(ctx context.Context) error {
	if err := d.PingContext(ctx); err != nil {
		return err
	}
	return d.Reset(ctx)
}

// execAll runs statements one by one.
func execAll(ctx context.Context, db interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}, statements ...string) error {
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
