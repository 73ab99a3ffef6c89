package layout

import (
	"path/filepath"
	"slices"
	"strings"
)

// home is the migration directory of a file: the one it is in, or the one
// above when each migration or each release has a folder of its own.
func (t *tree) home(abs string) (dir string, folders bool) {
	in := filepath.Dir(abs)
	if top := t.sqitchHome(in); top != "" {
		return top, true
	}
	if t.isMigration(in, filepath.Base(abs)) || t.isRelease(in) {
		return filepath.Dir(in), true
	}
	return in, false
}

// isMigration says whether a folder is one migration, as with Prisma and
// Diesel. The file's own name counts too: a text from stdin need not be there.
func (t *tree) isMigration(abs, file string) bool {
	if digits(filepath.Base(abs)) == "" && !t.has(filepath.Join(filepath.Dir(abs), prismaLock)) {
		return false
	}
	names, err := t.list(abs)
	return isFolderFile(file) || (err == nil && slices.ContainsFunc(names.files, isFolderFile))
}

// isFolderFile names what a migration folder holds.
func isFolderFile(name string) bool {
	return name == "up.sql" || name == "down.sql" || name == "migration.sql"
}

// isRelease says whether a folder is one of several such as v1.2 that plain
// files are sorted into. Tools that number their files have their own order.
func (t *tree) isRelease(abs string) bool {
	if !isReleaseName(filepath.Base(abs)) {
		return false
	}
	known, ok := t.plain[abs]
	if !ok {
		names, err := t.list(abs)
		if err == nil {
			d := &Dir{Path: filepath.Base(abs), abs: abs, tree: t, Names: sqlNames("", names.files)}
			l, _ := d.detect()
			known = l.Name == "plain"
		}
		t.plain[abs] = known
	}
	return known
}

// isReleaseName accepts 1.2, v1.2 and v3, but not a bare number, which could be anything.
func isReleaseName(name string) bool {
	number := strings.TrimPrefix(name, "v")
	return isDotted(number) && (number != name || strings.Contains(number, "."))
}

// names are the SQL files of a migration directory.
func (t *tree) names(abs string, folders bool) ([]string, error) {
	top, err := t.list(abs)
	if err != nil {
		return nil, err
	}
	if !folders {
		return sqlNames("", top.files), nil
	}
	var names []string
	if t.has(filepath.Join(abs, sqitchPlan)) {
		for _, name := range slices.DeleteFunc(slices.Clone(top.dirs), func(name string) bool { return !isSqitchFolder(name) }) {
			names = append(names, t.sqitchNames(filepath.Join(abs, name), name+"/")...)
		}
		slices.Sort(names)
		return names, nil
	}
	for _, name := range top.dirs {
		below := filepath.Join(abs, name)
		found, err := t.list(below)
		if err != nil {
			return nil, err
		}
		if t.isMigration(below, "") || t.isRelease(below) {
			names = append(names, sqlNames(name+"/", found.files)...)
		}
	}
	slices.Sort(names)
	return names, nil
}

func sqlNames(prefix string, files []string) []string {
	var names []string
	for _, name := range files {
		if isSQL(name) && !strings.HasPrefix(name, ".") {
			names = append(names, prefix+name)
		}
	}
	slices.Sort(names)
	return names
}
