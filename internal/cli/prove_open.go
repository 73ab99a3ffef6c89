package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/tablesum"
	"github.com/safemig/safemig/internal/workload"
	"github.com/safemig/safemig/rules"
)

// proving is one run of prove.
type proving struct {
	*tracing // in the database that all others begin as
	options  proveOptions
	report   report.Proof
	began    time.Time

	first      int            // of the files that are proven
	plans      []*planStep    // in the order they run
	sums       []tablesum.Sum // of the rows that all begin with
	target     *livedb.DB     // as the original leaves it, with nobody else there
	targetSums []tablesum.Sum
	planEnd    []catalog.Object // that the plan leaves
	ignored    tablesum.Ignored
	old        *workload.App
	new        *workload.App
	former     renames
	copies     copies
	ran        int  // jobs of the backfill runner, which makes tables of its own
	hadBooks   bool // they were there before
}

// open finds the server, and makes the database that everything begins with.
func (d *proving) open(ctx context.Context) (err error) {
	if d.settings, err = d.program.settings(d.options.flags); err != nil {
		return err
	}
	if slices.Contains(d.settings.paths(), "-") {
		return usage(d.settings.cli.Command, "the text of stdin cannot be proven: give its file")
	}
	if err := d.attach(ctx); err != nil {
		return err
	}
	if d.work, err = d.load(d.settings); err != nil {
		return err
	}
	if err := d.oneGroup(); err != nil {
		return err
	}
	d.report.Where = "databases of our own on " + cmp.Or(livedb.HostOf(d.settings.cli.String(flagDSN)), "the server")
	if d.server == nil {
		if d.server, err = d.start(ctx, d.group.dialect.Target.Dialect, d.moreSessions()...); err != nil {
			return err
		}
		d.report.Where = d.tracing.report.Where
	}
	if d.db, err = d.server.Own(ctx); err != nil {
		return err
	}
	if err := d.retarget(); err != nil {
		return err
	}
	d.report.Target, d.report.MaxStall = d.tracing.report.Target, d.options.maxStall
	return d.settings.cli.Set(flagServerVersion, d.db.Version.String())
}

// moreSessions are settings of a server that both versions of the application work on.
func (d *proving) moreSessions() []string {
	if d.group.dialect.Target.Dialect == "postgres" {
		return []string{fmt.Sprintf("max_connections=%d", 2*d.options.sessions+50)}
	}
	return []string{fmt.Sprintf("max-connections=%d", 2*d.options.sessions+50)}
}

// close drops what was made.
func (d *proving) close() (err error) {
	for _, db := range d.copies.all() {
		err = errors.Join(err, db.Close())
	}
	if d.server != nil {
		err = errors.Join(err, d.dropBooks())
	}
	return errors.Join(err, d.tracing.close())
}

// fork is a tracing of the same files in another database, which knows what this one
// knows now.
func (t *tracing) fork(db *livedb.DB, checker *rules.Checker) *tracing {
	g := *t.group
	g.checker = checker
	return &tracing{program: t.program, settings: t.settings, options: t.options, show: t.show, work: t.work, group: &g, db: db}
}

// ignore leaves columns out of comparisons.
func (d *proving) ignore(table change.Name, columns []string, why string) {
	for _, c := range columns {
		if !slices.Contains(d.ignored[table], c) {
			d.ignored[table] = append(d.ignored[table], c)
			d.report.End.Notes = append(d.report.End.Notes, fmt.Sprintf("the values of %s.%s are not compared: %s", table, c, why))
		}
	}
}

// files are those that are proven.
func (d *proving) files() []layout.File { return d.group.Files[d.first:] }

// oneAfterTheOther refuses files that have others between them.
func (d *proving) oneAfterTheOther() error {
	for _, f := range d.files() {
		if !f.Judge {
			return usage(d.settings.cli.Command, "%s stands between the migrations that are named: name it too", f.Script.Path)
		}
		d.report.Sources = append(d.report.Sources, f.Script.Path)
	}
	return nil
}
