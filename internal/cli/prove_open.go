package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
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
	mu         sync.Mutex
	copies     []*livedb.DB
	books      bool // the backfill runner has made its own tables
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
	d.report.Where = "databases of our own on " + or(livedb.HostOf(d.settings.cli.String(flagDSN)), "the server")
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
	for _, db := range d.copies {
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

// fresh is another database as the first one was when nothing had run there.
func (d *proving) fresh(ctx context.Context, what string) (*livedb.DB, error) {
	d.show("%s: making its database", what)
	if d.db.Dialect == "postgres" {
		db, err := d.server.OwnCopy(ctx, d.db)
		if err == nil {
			d.keep(db)
		}
		return db, err
	}
	db, err := d.server.Own(ctx)
	if err != nil {
		return nil, err
	}
	d.keep(db)
	again := d.fork(db, rules.NewChecker(d.group.dialect.Target, d.group.dialect.Facts, nil))
	if _, err := again.before(ctx); err != nil {
		return nil, err
	}
	sums, err := tablesum.Of(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, differs := range tablesum.Compare(d.sums, sums, d.ignored) {
		if len(differs.Columns) == 0 || differs.Rows[0] != differs.Rows[1] {
			return nil, fmt.Errorf("what comes before makes other rows each time: %s", differs)
		}
		d.ignore(differs.Table, differs.Columns, "what comes before makes other values each time")
	}
	return db, nil
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

// finished drops a database that is no longer needed.
func (d *proving) finished(db *livedb.DB) error {
	d.mu.Lock()
	i := slices.Index(d.copies, db)
	d.copies = slices.Delete(d.copies, i, i+1)
	d.mu.Unlock()
	return db.Close()
}

// used is what all databases take on disk.
func (d *proving) used(ctx context.Context) (int64, error) {
	if d.server.IsOurs() {
		return d.server.Used(ctx)
	}
	d.mu.Lock()
	list := append([]*livedb.DB{d.db}, d.copies...)
	d.mu.Unlock()
	var all int64
	for _, db := range list {
		bytes, err := db.Used(ctx)
		if err != nil {
			return 0, err // it is dropped just now, or the server is gone: that is told elsewhere
		}
		all += bytes
	}
	return all, nil
}

// keep notes a database that is to be dropped in the end.
func (d *proving) keep(db *livedb.DB) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.copies = append(d.copies, db)
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
