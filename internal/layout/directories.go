package layout

import (
	"path/filepath"
	"slices"
	"strings"
)

// deepest is how far below a folder migration directories are looked for.
const deepest = 6

// Directories are the migration directories in a folder and below it: those that
// are called as usual and have an SQL file, as paths from the folder on, with
// slashes. What tests and examples keep is left out.
func Directories(root string) ([]string, error) {
	t, err := newTree()
	if err != nil {
		return nil, err
	}
	d := &directories{tree: t, root: newPicker(t).abs(root)}
	d.walk("", deepest)
	return d.found, nil
}

type directories struct {
	tree  *tree
	root  string
	found []string
}

// walk looks no further below a directory that it has found.
func (d *directories) walk(rel string, depth int) {
	names, err := d.tree.list(filepath.Join(d.root, filepath.FromSlash(rel)))
	if err != nil || depth == 0 {
		return // a folder that is not for us
	}
	for _, name := range names.dirs {
		below := strings.TrimPrefix(rel+"/"+name, "/")
		switch {
		case skipsDir(name) || slices.Contains([]string{"testdata", "fixtures", "examples", "pending", "backfills"}, name):
		case isCalledAsUsual(below) && HasMigrations(filepath.Join(d.root, filepath.FromSlash(below))):
			d.found = append(d.found, below)
		default:
			d.walk(below, depth-1)
		}
	}
}

func isCalledAsUsual(rel string) bool {
	return slices.ContainsFunc(WellKnown(), func(name string) bool { return rel == name || strings.HasSuffix(rel, "/"+name) })
}
