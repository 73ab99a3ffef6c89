package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// tree remembers what was asked of the file system, because the directories of
// one project share their parents. It is used by one goroutine.
type tree struct {
	cwd    string
	open   map[string][]byte // texts that count in place of what is on disk
	hides  func(abs string) bool
	dirs   map[string]*listed
	exists map[string]bool
	small  map[string][]byte
	plain  map[string]bool
	tern   map[string]bool
}

// listed is a directory's names.
type listed struct {
	files, dirs []string
	linked      []string  // the directories that are symbolic links
	odd         []Problem // what has a migration's name and is no file; the paths are names
}

func newTree() (*tree, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the working directory: %w", err)
	}
	return &tree{cwd: cwd, dirs: map[string]*listed{}, exists: map[string]bool{}, small: map[string][]byte{}, plain: map[string]bool{}, tern: map[string]bool{}}, nil
}

// list reads a directory. Symbolic links count as what they point to.
func (t *tree) list(abs string) (*listed, error) {
	if l, ok := t.dirs[abs]; ok {
		return l, nil
	}
	entries, err := os.ReadDir(abs)
	if err != nil {
		return nil, reason(err)
	}
	l := &listed{}
	for _, e := range entries {
		mode := e.Type()
		if mode&fs.ModeSymlink != 0 {
			info, err := os.Stat(filepath.Join(abs, e.Name()))
			if err != nil {
				l.add(e.Name(), fmt.Errorf("the symbolic link leads to no file: %w", reason(err)))
				continue
			}
			mode = info.Mode().Type()
		}
		if mode.IsDir() && e.Type()&fs.ModeSymlink != 0 {
			l.linked = append(l.linked, e.Name())
		}
		switch {
		case mode.IsDir():
			l.dirs = append(l.dirs, e.Name())
		case mode.IsRegular():
			l.files = append(l.files, e.Name())
		default:
			l.add(e.Name(), notRegular(mode))
		}
	}
	for name := range t.open {
		if filepath.Dir(name) == abs {
			l.files = insertName(l.files, filepath.Base(name))
		}
	}
	if t.hides != nil {
		l.files = slices.DeleteFunc(l.files, func(name string) bool { return t.hides(filepath.Join(abs, name)) })
		l.odd = slices.DeleteFunc(l.odd, func(p Problem) bool { return t.hides(filepath.Join(abs, p.Path)) })
	}
	t.dirs[abs] = l
	return l, nil
}

// add notes a migration that cannot be read. Hidden ones are none: editors leave links as locks.
func (l *listed) add(name string, err error) {
	if isSQL(name) && !strings.HasPrefix(name, ".") {
		l.odd = append(l.odd, Problem{Path: name, Err: err})
	}
}

// has says whether the path exists.
func (t *tree) has(abs string) bool {
	known, ok := t.exists[abs]
	if !ok {
		info, err := os.Stat(abs)
		_, open := t.open[abs]
		known = open || err == nil && (info.IsDir() || t.hides == nil || !t.hides(abs))
		t.exists[abs] = known
	}
	return known
}

// up looks for one of the names in a directory and those above it, up to the
// root of the repository, and returns the path of the first.
func (t *tree) up(abs string, names ...string) string {
	for {
		for _, name := range names {
			if found := filepath.Join(abs, filepath.FromSlash(name)); t.has(found) {
				return found
			}
		}
		if t.isTop(abs) {
			return ""
		}
		abs = filepath.Dir(abs)
	}
}

// isTop says whether a directory is the root of a repository or of the file system.
func (t *tree) isTop(abs string) bool {
	return filepath.Dir(abs) == abs || t.has(filepath.Join(abs, ".git"))
}

// read reads a file that is no larger than limit.
func (t *tree) read(abs string, limit int64) ([]byte, error) {
	if text, open := t.open[abs]; open {
		return text, nil
	}
	if t.hides != nil && t.hides(abs) {
		return nil, fs.ErrNotExist
	}
	return readLimited(abs, limit)
}

// hintBytes is how much of a tool's configuration is looked at.
const hintBytes = 1 << 20

// hints is the text of a configuration file that may tell about the tool or the
// dialect; nothing when it cannot be read, because it is no more than a hint.
func (t *tree) hints(abs string) []byte {
	if abs == "" {
		return nil
	}
	text, ok := t.small[abs]
	if !ok {
		var err error
		if text, err = t.read(abs, hintBytes); err != nil {
			text = nil
		}
		t.small[abs] = text
	}
	return text
}

// shown is a path as reports print it: relative to the working directory
// where the user wrote it so.
func (t *tree) shown(abs string, absolute bool) string {
	if !absolute {
		if rel, err := filepath.Rel(t.cwd, abs); err == nil {
			return filepath.ToSlash(rel)
		}
	}
	return filepath.ToSlash(abs)
}

func isSQL(name string) bool { return strings.EqualFold(filepath.Ext(name), ".sql") }

// reason is an error of the file system without the path, which Problem has.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
