package cli

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/engine"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rewrite"
	"github.com/safemig/safemig/rules"
)

// The names of the flags of fix.
const (
	flagWrite          = "write"
	flagCheck          = "check"
	flagIncludeApplied = "include-applied"
	flagBase           = "base"
	flagEngine         = "engine"
)

func fixFormats() []format[*report.Fix] {
	return []format[*report.Fix]{
		{"text", report.FixText},
		{"json", func(w io.Writer, r *report.Fix, _ report.Style) error { return report.FixJSON(w, r) }},
		{"diff", func(w io.Writer, r *report.Fix, _ report.Style) error { return report.FixDiff(w, r) }},
	}
}

func (p *program) fixCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "fix",
		Usage:     "make risky migrations safe: show the plan, or write its files",
		ArgsUsage: "[PATH...]",
		Description: "PATH is as for lint. Each new migration that a rule finds fault with becomes a plan of steps that block nobody, in files of the same migration tool.\n" +
			"New is what git does not have on the default branch; outside a repository, what is named itself.\n" +
			"Backfills go to backfills/ and what must wait to pending/, beside the migrations, where the tool does not look.\n" +
			"Exit status: 0 done, 1 --check would change something, 2 something could not be done.",
		Flags: append(append(inputFlags(), outputFlags(names(fixFormats()))...),
			&cli.BoolFlag{Name: flagWrite, DisableDefaultText: true, Usage: "write the files, all of a plan or none"},
			&cli.BoolFlag{Name: flagCheck, DisableDefaultText: true, Usage: "exit with 1 if a file would change"},
			&cli.BoolFlag{Name: flagIncludeApplied, DisableDefaultText: true, Usage: "also rewrite migrations that somebody may have run already"},
			&cli.StringFlag{Name: flagEngine, Usage: "`NAME` of the online schema change engine that copies tables (MySQL, MariaDB), where there is no other plan: " + strings.Join(engine.Words(), ", "), DefaultText: engine.None},
			&cli.StringFlag{Name: flagBase, Usage: "git `REV` whose migrations count as run, else the merge base with the default branch"},
			&cli.StringFlag{Name: flagDSN, Usage: "`DSN` of a running PostgreSQL server whose schema is read, read-only, in place of the earlier migrations"},
		),
		Action: p.fix,
	})
}

func (p *program) fix(c *cli.Context) error {
	s, err := p.settings(c)
	if err != nil {
		return err
	}
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return err
	}
	outputs, err := outputs(c, fixFormats())
	if err != nil {
		return err
	}
	f, err := newFixer(s)
	if err != nil {
		return err
	}
	live, err := s.liveSchema(c.Context)
	if err != nil {
		return err
	}
	w, err := p.load(s)
	if err != nil {
		return err
	}
	if err := w.replayLive(live); err != nil {
		return err
	}
	f.live = live != nil
	if err := w.walk(c.Context, func(g *group, file *layout.File) error { return f.visit(c.Context, w, g, file) }); err != nil {
		return err
	}
	if c.Bool(flagWrite) {
		f.commit(w)
	}
	f.report.Targets, f.report.Problems = w.targets(), w.problems
	if err := write(p, c, &f.report, outputs); err != nil {
		return err
	}
	return w.verdict(c.Bool(flagCheck) && len(f.report.Plans) > 0)
}

// fixer gathers plans.
type fixer struct {
	settings *settings
	inverses map[string]string // those that the change asked for brings along
	engines  bool              // online schema change engines may do what has no other plan
	report   report.Fix
	writers  map[*group]*layout.Writer
	bases    map[string]*base // by migration directory
	live     bool             // the schema is a server's, not what earlier files make
	split    *rewrite.Split   // what scaffold split-table asks for
	anyway   bool             // also migrations that somebody may have run already
	kept     []*fixing        // the plans that are reported
}

func newFixer(s *settings) (*fixer, error) {
	c := s.cli
	if c.Bool(flagWrite) && c.Bool(flagCheck) {
		return nil, usage(c.Command, "--%s writes, --%s only looks: give one of them", flagWrite, flagCheck)
	}
	if c.Bool(flagWrite) && slices.Contains(s.paths(), "-") {
		return nil, usage(c.Command, "--%s cannot write the plan for a text on stdin: leave it out to see the plan", flagWrite)
	}
	if _, err := s.engine(); err != nil {
		return nil, err
	}
	return &fixer{settings: s, engines: true, writers: map[*group]*layout.Writer{}, bases: map[string]*base{}}, nil
}

// options are what the plans of a migration directory are made of.
func (f *fixer) options(g *group) (rewrite.Options, error) {
	out := g.settings.fixOptions()
	out.Inverses = maps.Clone(out.Inverses)
	if out.Inverses == nil {
		out.Inverses = map[string]string{}
	}
	maps.Copy(out.Inverses, f.inverses)
	var err error
	if f.engines {
		out.Engine, err = g.settings.engine()
	}
	return out, err
}

// fixOptions are the project's wishes, and ours for what it does not say.
func (s *settings) fixOptions() rewrite.Options {
	out, fix := rewrite.DefaultOptions(), s.file.Fix
	if fix.LockTimeout > 0 {
		out.LockTimeout = fix.LockTimeout
	}
	if fix.Tries > 0 {
		out.Tries = fix.Tries
	}
	if fix.LongLockTimeout > 0 {
		out.LongLockTimeout = fix.LongLockTimeout
	}
	if fix.Grace > 0 {
		out.Grace = fix.Grace
	}
	out.RenameByView = fix.RenameColumn == "view"
	out.Inverses = fix.Inverse
	out.Few = s.file.Small.Rows
	return out
}

// visit plans one file, or learns from one that came before.
func (f *fixer) visit(ctx context.Context, w *work, g *group, file *layout.File) error {
	if !file.Judge {
		if f.live {
			return nil // the server has it
		}
		return w.history(g, file)
	}
	f.report.Files++
	applied, err := f.applied(ctx, w, g, file.Script)
	if err != nil {
		return err
	}
	if err := w.choose(g, file.Script.Path); err != nil {
		return err
	}
	var before *rules.Checker
	if applied == "" || f.live {
		before = g.checker.Fork()
	}
	found, err := g.checker.File(ctx, file.Script)
	if err != nil {
		return err
	}
	if applied != "" && f.live {
		g.checker = before // the server has it
	}
	if applied != "" {
		at := g.locator(file.Script)
		for _, fault := range toCure(found) {
			f.unfixed(at, fault, applied)
			f.report.Unfixed[len(f.report.Unfixed)-1].Applied = true
		}
		return nil
	}
	return f.visitFound(ctx, w, g, file.Script, before, found)
}

// visitFound plans a file for what is found in it; before knows what was there
// before the file.
func (f *fixer) visitFound(ctx context.Context, w *work, g *group, script *change.Script, before *rules.Checker, found []rules.Finding) error {
	_, err := f.planFor(ctx, w, g, script, before, toCure(found))
	return err
}

// planFor plans a file for some faults.
func (f *fixer) planFor(ctx context.Context, w *work, g *group, script *change.Script, before *rules.Checker, faults []rules.Finding) (*fixing, error) {
	t := &fixing{fixer: f, work: w, group: g, script: script, faults: faults, before: before, at: g.locator(script)}
	var err error
	if t.options, err = f.options(g); err != nil {
		return nil, err
	}
	var crashed error
	if err := guarded(func() { crashed = t.run(ctx) }); err != nil {
		return nil, err
	}
	return t, crashed
}

// toCure are the findings that a plan is made for.
func toCure(found []rules.Finding) []rules.Finding {
	var out []rules.Finding
	for _, finding := range found {
		if finding.Severity >= rules.Warning && !finding.OfComment {
			out = append(out, finding)
		}
	}
	return out
}

func (f *fixer) unfixed(at *report.Locator, fault rules.Finding, reason string) {
	f.report.Unfixed = append(f.report.Unfixed, report.Unfixed{
		Rule: fault.Rule, Path: fault.Script.Path, Start: at.At(fault.Span.Start), Reason: reason,
	})
}

// writer is the writer for a group's files.
func (f *fixer) writer(g *group) (*layout.Writer, error) {
	if w := f.writers[g]; w != nil {
		return w, nil
	}
	w, err := g.Writer(layout.WriteOptions{Pending: g.settings.file.Fix.Pending, Backfills: g.settings.file.Fix.Backfills})
	if err == nil {
		f.writers[g] = w
	}
	return w, err
}

// commit writes the plans. One that cannot be written is a problem, and the
// others still are.
func (f *fixer) commit(w *work) {
	f.report.Written = true
	plans := f.report.Plans[:0]
	for i, t := range f.kept {
		err := w.mayWrite(t.files.Places()...)
		if err == nil {
			err = t.files.Commit()
		}
		if err != nil {
			w.problem(f.report.Plans[i].Source, err)
			continue
		}
		plans = append(plans, f.report.Plans[i])
	}
	f.report.Plans = plans
}

// refusal is the reason of an error that is no failure: the finding stays.
func refusal(err error) (string, bool) {
	var layouts *layout.Refused
	if errors.As(err, &layouts) {
		return layouts.Reason, true
	}
	var none *noPlanError
	if errors.As(err, &none) {
		return none.reason, true
	}
	return "", false
}

// planName is what a plan is called: the migration's name without what all have.
func planName(path string) string {
	folder, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		folder, name = path[:i], path[i+1:]
	}
	if name == "up.sql" || name == "migration.sql" {
		name = folder[strings.LastIndexByte(folder, '/')+1:]
	}
	name = strings.TrimSuffix(name, ".sql")
	return strings.TrimSuffix(name, ".up")
}
