package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/rules"
)

// attach opens the server that --dsn names, whose version and dialect count then.
func (t *tracing) attach(ctx context.Context) error {
	dsn := t.settings.cli.String(flagDSN)
	if dsn == "" {
		return nil
	}
	db, err := livedb.Attach(ctx, dsn)
	if err != nil {
		return fmt.Errorf("--%s: %w", flagDSN, err)
	}
	t.server = db
	if t.asked = t.settings.cli.String(flagDialect); t.asked != "" && t.asked != db.Dialect {
		return fmt.Errorf("--%s: the server is %s, but --%s says %s", flagDSN, db, flagDialect, t.asked)
	}
	if asked := t.settings.cli.String(flagServerVersion); asked != "" {
		return usage(t.settings.cli.Command, "the version is that of the server (%s): leave out --%s", db, flagServerVersion)
	}
	return errors.Join(t.settings.cli.Set(flagDialect, db.Dialect), t.settings.cli.Set(flagServerVersion, db.Version.String()))
}

// prepare starts the server, or makes a database of our own on the one that is named, and
// opens the dialect anew for its version.
func (t *tracing) prepare(ctx context.Context) error {
	err := t.oneGroup()
	if err != nil {
		return err
	}
	name := t.group.dialect.Target.Dialect
	if t.server != nil {
		t.report.Where = "a database of our own on " + cmp.Or(livedb.HostOf(t.settings.cli.String(flagDSN)), "the server")
		if t.db, err = t.server.Own(ctx); err != nil {
			return fmt.Errorf("--%s: %w", flagDSN, err)
		}
	} else if t.db, err = t.start(ctx, name); err != nil {
		return err
	}
	return t.retarget()
}

// oneGroup takes the files of the one directory that is named.
func (t *tracing) oneGroup() error {
	if t.work.problems > 0 {
		return errReported
	}
	if len(t.work.groups) != 1 {
		return usage(t.settings.cli.Command, "one database is made, but the files are of %d directories: %s those of one", len(t.work.groups), t.settings.cli.Command.Name)
	}
	t.group = t.work.groups[0]
	if file := t.group.settings.file; t.server != nil && t.asked == "" && file.Dialect != "" && file.Dialect != t.server.Dialect {
		return fmt.Errorf("--%s: the server is %s, but %s: %s says %s", flagDSN, t.server, file.Place(flagDialect), flagDialect, file.Dialect)
	}
	return nil
}

func (t *tracing) start(ctx context.Context, name string, more ...string) (*livedb.DB, error) {
	wanted := t.group.settings.text(flagServerVersion)
	program, err := livedb.Choose(ctx, name, strings.TrimSuffix(strings.ToLower(wanted), "-mariadb"))
	if err != nil {
		return nil, withRemedy(name, err)
	}
	t.show("starting %s", program)
	t.report.Where = "a throw-away server on this machine"
	o := traceSettings(name)
	o.Settings = append(o.Settings, more...)
	return program.Start(ctx, o)
}

// retarget judges for the version that the server has.
func (t *tracing) retarget() error {
	d, err := dialect.Open(t.db.Dialect, t.db.Version.String())
	if err != nil {
		return fmt.Errorf("%s: %w", t.db, err)
	}
	t.group.dialect = d
	t.group.checker = rules.NewChecker(d.Target, d.Facts, nil)
	t.report.Target = fact.Target{Dialect: d.Target.Dialect, Version: d.Target.Version}
	return nil
}

// close leaves nothing behind.
func (t *tracing) close() (err error) {
	if t.follower != nil {
		err = t.follower.Close()
	}
	if t.db != nil {
		t.show("cleaning up")
		err = errors.Join(err, t.db.Close())
	}
	if t.server != nil {
		err = errors.Join(err, t.server.Close())
	}
	t.show("")
	return err
}

// diskPause is how often the disk is looked at.
const diskPause = 500 * time.Millisecond

// limitDisk ends the run when the database has grown too large.
func (t *tracing) limitDisk(ctx context.Context, used func(context.Context) (int64, error)) (limited context.Context, end func()) {
	limited, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-limited.Done():
				return
			case <-time.After(diskPause):
			}
			bytes, err := used(limited)
			if err == nil && bytes > t.options.disk {
				cancel(&stopError{fmt.Sprintf("stopped: more than %s are taken on disk (--%s)", t.settings.cli.String(flagMaxDisk), flagMaxDisk)})
			}
		}
	}()
	return limited, func() { cancel(nil); <-done }
}

// sameTx says whether a file and the one that is judged next are in one transaction.
func sameTx(files []layout.File, i int) bool {
	return i+1 < len(files) && files[i+1].Judge && files[i+1].Script.Tx == files[i].Script.Tx
}
