package layout

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// WellKnown are the directories that are looked at when no path is given.
func WellKnown() []string {
	return []string{
		"migrations", "migration", "db/migrations", "db/migrate", "db/migration", "database/migrations",
		"sql/migrations", "prisma/migrations", "drizzle", "supabase/migrations", "hasura/migrations",
		"src/main/resources/db/migration", "internal/db/migrations", "ent/migrate/migrations",
	}
}

// pick is a file that was asked for.
type pick struct {
	abs      string
	named    bool // itself, not a directory that holds it
	alone    bool // it has no place among other files
	absolute bool // the user wrote an absolute path
	text     []byte
	read     bool // text is the file's content
}

// picker collects the files that paths stand for, each once.
type picker struct {
	tree     *tree
	picks    []pick
	seen     map[string]int
	walked   map[string]bool // directories by their real path: symbolic links may loop
	problems []Problem
	// open and loaded are those of the options.
	open   map[string][]byte
	loaded bool
}

func newPicker(t *tree) *picker {
	return &picker{tree: t, seen: map[string]int{}, walked: map[string]bool{}}
}

func (p *picker) abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(p.tree.cwd, filepath.FromSlash(name))
}

func (p *picker) add(pk pick) {
	if i, ok := p.seen[pk.abs]; ok {
		p.picks[i].named = p.picks[i].named || pk.named
		return
	}
	p.seen[pk.abs] = len(p.picks)
	p.picks = append(p.picks, pk)
}

// path adds what one path stands for.
func (p *picker) path(name string) {
	if name == "" {
		p.problem(`""`, errors.New("an empty path names nothing: is a variable not set?"))
		return
	}
	abs := p.abs(name)
	if text, open := p.open[abs]; open {
		p.add(pick{abs: abs, named: !p.loaded, absolute: filepath.IsAbs(name), text: text, read: true})
		return
	}
	info, err := os.Stat(abs)
	if err != nil {
		p.problem(name, p.notThere(name, err))
		return
	}
	if mode := info.Mode().Type(); !mode.IsDir() && !mode.IsRegular() {
		p.problem(name, notRegular(mode))
		return
	}
	if !info.IsDir() {
		if p.tree.hides != nil && p.tree.hides(abs) {
			p.problem(name, errors.New("it is not staged: git add it"))
			return
		}
		if isProgram(abs) || isText(abs) {
			p.problem(name, errors.New(noSQL(abs)))
			return
		}
		p.add(pick{abs: abs, named: !p.loaded, absolute: filepath.IsAbs(name)})
		return
	}
	before := len(p.seen)
	found := p.walk(branch{abs: abs}, filepath.IsAbs(name), filepath.ToSlash(name))
	if !found && len(p.seen) == before {
		p.problem(name, p.noSQLIn(abs))
	}
}

func (p *picker) problem(name string, err error) {
	p.problems = append(p.problems, Problem{Path: filepath.ToSlash(name), Err: err})
}

// branch is a directory on the way down; its real path is "" where it is not known yet.
type branch struct {
	abs, real string
}

// below is a directory in the branch. Only the links among them lead elsewhere:
// the others need not be asked where they really are.
func (b branch) below(name string, linked bool) branch {
	next := branch{abs: filepath.Join(b.abs, name)}
	if !linked {
		next.real = filepath.Join(b.real, name)
	}
	return next
}

// walk adds the .sql files of a directory and those below it, and says whether there are any.
func (p *picker) walk(at branch, absolute bool, shown string) bool {
	abs := at.abs
	names, err := p.enter(&at)
	if err != nil {
		p.problem(shown, err)
	}
	if names == nil || slices.Contains(names.files, ParkedPlan) {
		return true // walked already, or what a plan keeps for later
	}
	for _, odd := range names.odd {
		p.problem(path.Join(shown, odd.Path), odd.Err)
	}
	found := len(names.odd) > 0
	for _, name := range names.files {
		if isSQL(name) && !strings.HasPrefix(name, ".") && !isBackfill(filepath.Join(abs, name)) {
			found = true
			p.add(pick{abs: filepath.Join(abs, name), absolute: absolute})
		}
	}
	for _, name := range names.dirs {
		if !skipsDir(name) && p.walk(at.below(name, slices.Contains(names.linked, name)), absolute, shown+"/"+name) {
			found = true
		}
	}
	return found
}

// enter lists a directory; nothing when it was walked already.
func (p *picker) enter(at *branch) (*listed, error) {
	if at.real == "" {
		target, err := filepath.EvalSymlinks(at.abs)
		if err != nil {
			return nil, reason(err)
		}
		at.real = target
	}
	if p.walked[at.real] {
		return nil, nil
	}
	p.walked[at.real] = true
	return p.tree.list(at.abs)
}

// ParkedPlan is the file by which a folder is known whose migrations wait for
// something, and are not yet to be run or judged.
const ParkedPlan = "plan.yml"

// BackfillMark begins a file that a backfill job is in, which is no migration.
const BackfillMark = "-- safemig:backfill "

func isBackfill(abs string) bool {
	if filepath.Base(filepath.Dir(abs)) != "backfills" {
		return false
	}
	start, err := readStart(abs, int64(len(BackfillMark)))
	return err == nil && string(start) == BackfillMark
}

// skipsDir leaves out what is not the project's own.
func skipsDir(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor"
}

// wellKnown adds the usual directories that are there; it is an error when none is.
func (p *picker) wellKnown() error {
	for _, name := range WellKnown() {
		info, err := os.Stat(p.abs(name))
		if errors.Is(err, fs.ErrNotExist) || (err == nil && !info.IsDir()) {
			continue
		}
		if err != nil {
			p.problem(name, reason(err))
			continue
		}
		p.walk(branch{abs: p.abs(name)}, false, name)
	}
	if len(p.picks) == 0 && len(p.problems) == 0 {
		return p.nowhere()
	}
	return nil
}

// HasMigrations says whether a directory, or one below it, has an SQL file that is
// a migration. One that cannot be read counts: it is a problem when it is loaded.
func HasMigrations(dir string) bool {
	t, err := newTree()
	if err != nil {
		return true
	}
	p := newPicker(t)
	info, err := os.Stat(p.abs(dir))
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	return info.IsDir() && p.walk(branch{abs: p.abs(dir)}, false, dir) || len(p.problems) > 0
}
