package cli

import (
	"context"
	"database/sql"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// runStep runs a step as the migration tool and safemig backfill do. watch is told of
// each session; nil: nobody else is there.
func (d *proving) runStep(ctx context.Context, db *livedb.DB, p *planStep, o backfill.Options, watch func(*sql.Conn) error) error {
	if p.job != nil {
		_, err := d.backfill(ctx, db, p.job, p.of.group.dialect, o)
		if err != nil {
			return err
		}
		return d.owed(ctx, db, p.job)
	}
	for _, s := range p.scripts {
		if err := d.runScript(ctx, db, s, watch); err != nil {
			return err
		}
	}
	return nil
}

// runScript sends a script in a session of its own. One that waited in vain for its
// locks is sent again after a rest, as whoever runs the tool does.
func (d *proving) runScript(ctx context.Context, db *livedb.DB, s *change.Script, watch func(*sql.Conn) error) error {
	return patiently(ctx, func() error {
		session, err := openPlain(ctx, db)
		if err != nil {
			return err
		}
		defer session.close()
		if watch != nil {
			if err := watch(session.conn); err != nil {
				return err
			}
		}
		return send(ctx, s, db.Dialect, session, func(ctx context.Context, stmt *change.Stmt) error { return session.run(ctx, s, stmt) })
	})
}

// What waited in vain for its locks is run again after a rest, in which those who
// waited behind it go on.
const (
	mostTries = 12
	restAfter = 200 * time.Millisecond
)

func patiently(ctx context.Context, run func() error) error {
	for try := 1; ; try++ {
		err := run()
		if err == nil || try == mostTries || !waitedInVain(err) {
			return err
		}
		if err := wait(ctx, restAfter); err != nil {
			return err
		}
	}
}

// wait waits, unless the run is ended.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// waitedInVain: https://www.postgresql.org/docs/current/errcodes-appendix.html (55P03),
// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html (1205)
func waitedInVain(err error) bool {
	switch livedb.ErrorCode(err) {
	case "55P03", "1205":
		return true
	}
	return false
}
