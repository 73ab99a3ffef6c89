package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/synth"
	"github.com/safemig/safemig/internal/trace"
)

// tracing is one run of trace.
type tracing struct {
	*program
	settings *settings
	options  traceOptions
	show     func(format string, args ...any) // progress
	work     *work
	group    *group
	server   *livedb.DB // that --dsn names
	asked    string     // the dialect that the command line names
	db       *livedb.DB // that the migrations run in
	follower trace.Follower
	report   report.Trace
	tx       int // transactions that were begun
	scope    string
	failed   bool
}

// progress shows on a terminal what is being done, on one line.
func (p *program) progress(c *cli.Context) func(format string, args ...any) {
	_, terminal := terminalWidth(p.stderr)
	return func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		switch {
		case c.Bool(flagQuiet):
		case terminal:
			_, _ = fmt.Fprintf(p.stderr, "\r\x1b[K%s", text) // nothing can be done about a stderr that is closed
		case c.Bool(flagVerbose) && text != "":
			p.logf("%s", text)
		}
	}
}

func (t *tracing) run(ctx context.Context) error {
	ctx, end := t.limitDisk(ctx, t.db.Used)
	defer end()
	first, err := t.before(ctx)
	if err != nil {
		return because(ctx, err)
	}
	for i := first; i < len(t.group.Files) && !t.failed; i++ {
		if err := t.oneFile(ctx, i); err != nil {
			return because(ctx, err)
		}
	}
	t.gather()
	return nil
}

// before runs what comes before the first file that is watched, and makes the rows.
func (t *tracing) before(ctx context.Context) (first int, err error) {
	if err := t.dump(ctx, t.group.settings.text(flagSchema), true); err != nil {
		return 0, err
	}
	first = slices.IndexFunc(t.group.Files, func(f layout.File) bool { return f.Judge })
	for i := range first {
		if err := t.oneFile(ctx, i); err != nil {
			return 0, err
		}
	}
	return first, t.rows(ctx, t.group.Files[first:])
}

// because prefers the reason why a run was ended to what came of that.
func because(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (t *tracing) oneFile(ctx context.Context, i int) error {
	f := &t.group.Files[i]
	if err := t.parse(f.Script); err != nil {
		return err
	}
	if f.Judge {
		return t.file(ctx, f, i)
	}
	t.show("earlier file %s", f.Script.Path)
	return t.history(ctx, f.Script)
}

func (t *tracing) parse(s *change.Script) error {
	return guarded(func() { t.group.dialect.Parse(s) })
}

// history runs a file that comes before, or a dump. It must not fail.
func (t *tracing) history(ctx context.Context, s *change.Script) error {
	session, err := openPlain(ctx, t.db)
	if err != nil {
		return err
	}
	defer session.close()
	if err := send(ctx, s, t.db.Dialect, session, func(ctx context.Context, stmt *change.Stmt) error {
		return session.run(ctx, s, stmt)
	}); err != nil {
		return fmt.Errorf("what comes before does not run: %w", err)
	}
	return guarded(func() { t.group.checker.Replay(s) })
}

// dump runs a file of SQL that belongs to no tool. One with the schema is known to the
// facts as well.
func (t *tracing) dump(ctx context.Context, name string, schema bool) error {
	if name == "" {
		return nil
	}
	t.show("running %s", name)
	scripts, err := readDump(ctx, name)
	if err != nil {
		return err
	}
	for _, s := range scripts {
		if err := t.parse(s); err != nil {
			return err
		}
		if !schema {
			s.Tx = change.TxFile // rows are made faster in one transaction
		}
		if err := t.history(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// readDump reads a file of SQL as if it came from stdin: it has no history beside it.
func readDump(ctx context.Context, name string) ([]*change.Script, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	set, err := layout.Load(ctx, []string{"-"}, layout.Options{Layout: "plain", Stdin: strings.NewReader(string(text))})
	if err == nil && len(set.Problems) > 0 {
		err = set.Problems[0].Err
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var out []*change.Script
	for _, g := range set.Groups {
		for _, f := range g.Files {
			f.Script.Path = name
			out = append(out, f.Script)
		}
	}
	return out, nil
}

// rows fills the tables before the first file that is watched.
func (t *tracing) rows(ctx context.Context, files []layout.File) error {
	if t.options.data != "" {
		t.report.Remarks = append(t.report.Remarks, "the rows are those of "+t.options.data)
		return t.dump(ctx, t.options.data, false)
	}
	if t.options.rows == 0 {
		return nil
	}
	o := synth.Options{Rows: t.options.rows, Progress: func(table change.Name, done, all int64) {
		t.show("making rows: %s %d of %d", table, done, all)
	}}
	for i := range files {
		if err := t.parse(files[i].Script); err != nil {
			return err
		}
	}
	if o.Tables, o.Coming = t.concerned(files), coming(files); len(o.Coming) > 0 {
		t.report.Remarks = append(t.report.Remarks, "the rows that are made suit the constraints which the migration adds, as far as any can; --data gives others")
	}
	filled, err := synth.Fill(ctx, t.db, o)
	if err != nil {
		return err
	}
	for _, f := range filled {
		t.report.Rows = append(t.report.Rows, report.TracedRows{Table: f.Table, Rows: f.Rows, Why: f.Why})
	}
	return nil
}

// concerned are the tables that the files touch as far as the facts know; none where
// that is not known of every statement.
func (t *tracing) concerned(files []layout.File) []change.Name {
	checker := t.group.checker.Fork()
	var out []change.Name
	for _, f := range files {
		checker.Begin(f.Script)
		for _, stmt := range f.Script.Stmts {
			r := checker.Result(f.Script, stmt)
			if r.Unknown {
				return nil
			}
			for _, e := range r.Effects {
				out = append(out, e.Table)
			}
		}
	}
	return out
}

// gather takes over what the follower has seen.
func (t *tracing) gather() {
	if t.follower == nil {
		return
	}
	t.report.Locks, t.report.Took = nil, 0
	for _, h := range t.follower.Held() {
		t.report.Locks = append(t.report.Locks, report.TracedLock{
			Table: h.Table, Index: h.Index, Lock: h.Lock, Blocks: h.Blocks, From: h.From, To: h.To, Step: h.Step,
		})
		t.report.Took = max(t.report.Took, h.To)
	}
	for i := range t.report.Steps {
		t.report.Took = max(t.report.Took, t.report.Steps[i].To)
		t.report.Steps[i].Tables = tablesOf(&t.report.Steps[i], &t.report, i)
	}
	t.report.Remarks = append(t.report.Remarks, t.follower.Remarks()...)
}

// claimed is what the facts say of a statement.
func (t *tracing) claimed(s *change.Script, stmt *change.Stmt) (r fact.Result, err error) {
	err = guarded(func() { r = t.group.checker.Result(s, stmt) })
	return r, err
}
