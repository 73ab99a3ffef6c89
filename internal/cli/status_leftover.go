package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/leftover"
	"github.com/safemig/safemig/internal/report"
)

// dirLeftovers is what the migrations of one directory left over.
type dirLeftovers struct {
	dialect string
	found   []leftover.Leftover
}

// leftovers adds what is left over of changes that no plan knows of.
func (p *planner) leftovers(to *report.Status, plans []ledger.Found) error {
	known := knownTo(plans)
	dirs := p.migrationsOf(plans)
	if len(dirs) == 0 {
		to.Unread = []string{"migrations: none are in the usual directories; say paths: in " + config.Names()[0] + " where they are"}
	}
	histories, unread, err := p.leftInHistory(dirs, known, p.dialectOf(plans))
	if err != nil {
		return err
	}
	to.Unread = append(to.Unread, unread...)
	for _, h := range histories {
		if p.db == nil || isPostgres(h.dialect) != isPostgres(p.db.Dialect) {
			to.Leftovers = append(to.Leftovers, reported(h.found)...)
		}
	}
	if p.db != nil {
		err = p.leftOnServer(to, known, histories)
	}
	return err
}

func isPostgres(dialect string) bool { return dialect == "postgres" }

// leftOnServer adds what the server has. It has the last word on what its migrations
// left over, where it could be read and it is clear which migrations are its own.
func (p *planner) leftOnServer(to *report.Status, known leftover.Known, histories []dirLeftovers) error {
	var own []leftover.Leftover
	groups := 0
	for _, h := range histories {
		if isPostgres(h.dialect) == isPostgres(p.db.Dialect) {
			own = append(own, h.found...)
			groups++
		}
	}
	found, unread, err := leftover.FromServer(p.cli.Context, p.db, known)
	if ended := context.Cause(p.cli.Context); ended != nil {
		return ended
	}
	if err != nil {
		unread = append(unread, err.Error())
	}
	all, gone := leftover.Merge(own, found)
	if len(unread) > 0 || groups > 1 {
		all = append(all, gone...)
	}
	to.Unread = append(to.Unread, unread...)
	to.Leftovers = append(to.Leftovers, reported(all)...)
	return nil
}

func reported(found []leftover.Leftover) []report.Leftover {
	out := make([]report.Leftover, 0, len(found))
	for _, l := range found {
		out = append(out, report.Leftover{
			Kind: l.Kind, Object: l.Object, Path: l.Path, Line: l.Line, Since: l.Since, Guess: l.Guess, Why: l.Why, Remedy: l.Remedy,
		})
	}
	return out
}

// knownTo are the texts of the plans: what stands in them is planned. Where plan.yml
// cannot be read, they are all that waits beside it.
func knownTo(plans []ledger.Found) leftover.Known {
	var out leftover.Known
	add := func(file string) {
		if text, err := os.ReadFile(file); err == nil { // that one is missing is said with the plan
			out = append(out, string(text))
		}
	}
	for _, f := range plans {
		files, _ := filepath.Glob(filepath.Join(f.Folder, "*")) // the pattern is well-formed, or nothing is found
		for _, file := range files {
			add(file)
		}
		if f.Manifest == nil {
			continue
		}
		for _, s := range f.Manifest.Steps {
			out = append(out, s.Rollback...)
			for _, file := range s.Files {
				if name := f.Manifest.Abs(file); !slices.Contains(files, name) {
					add(name)
				}
			}
		}
	}
	return out
}

// dialectOf is the dialect of the server that is asked, or of the plans.
func (p *planner) dialectOf(plans []ledger.Found) detection {
	if p.db != nil {
		return detection{p.db.Dialect, "the server that --" + flagDSN + " names"}
	}
	for _, f := range plans {
		if f.Manifest != nil {
			return detection{f.Manifest.Dialect, "as the plan " + f.Manifest.Name}
		}
	}
	return detection{}
}

// migrationsOf are the paths of the configuration; where it has none, the usual
// directories that have migrations, and those that the plans' stand in.
func (p *planner) migrationsOf(plans []ledger.Found) []string {
	if paths := p.settings.file.Paths; len(paths) > 0 {
		return paths
	}
	dirs := slices.DeleteFunc(layout.WellKnown(), func(dir string) bool { return !layout.HasMigrations(dir) })
	for _, f := range plans {
		if f.Manifest == nil {
			continue
		}
		if dir := filepath.Dir(f.Manifest.Abs(f.Manifest.Source)); !slices.ContainsFunc(dirs, func(d string) bool { return within(dir, d) }) && layout.HasMigrations(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// leftInHistory reads the migrations, and says what could not be read.
func (p *planner) leftInHistory(dirs []string, known leftover.Known, otherwise detection) (out []dirLeftovers, unread []string, err error) {
	if len(dirs) == 0 {
		return nil, nil, nil
	}
	from := *p.settings
	from.only = dirs
	silent := *p.program
	silent.stderr = io.Discard // what is no verdict is shown with the report
	w, found, err := silent.read(&from)
	if err != nil {
		return nil, nil, err
	}
	w.otherwise = otherwise
	if err := w.open(found); err != nil {
		return nil, nil, err
	}
	histories := map[*group]*leftover.History{}
	for _, g := range w.groups {
		histories[g] = leftover.NewHistory(g.dialect)
	}
	w.dumped = func(g *group, dump *change.Script) { histories[g].Add(dump) }
	if err := w.replaySchemas(p.cli.Context); err != nil {
		return nil, nil, err
	}
	err = w.walk(p.cli.Context, func(g *group, f *layout.File) error { return guarded(func() { histories[g].Add(f.Script) }) })
	if err != nil {
		return nil, nil, err
	}
	for _, g := range w.groups {
		h := dirLeftovers{dialect: g.dialect.Target.Dialect}
		if err := guarded(func() { h.found = leftover.FromHistory(histories[g], known) }); err != nil {
			w.problem(g.Dir, err)
		}
		out = append(out, h)
	}
	for _, u := range w.unjudged {
		unread = append(unread, fmt.Sprintf("%s: %s", u.Path, u.Message))
	}
	return out, unread, nil
}
