package report

import (
	"path"
	"path/filepath"
	"strings"
)

// Place says where the paths of a report lie. Code hosts count paths from the
// root of the repository, whatever the working directory was.
type Place struct {
	Root string // of the repository, else the working directory; with slashes
	Dir  string // the working directory, with slashes
}

// inRepository is a path from the repository's root on; what lies outside of it
// keeps an absolute path.
func (p Place) inRepository(name string) string {
	name = path.Clean(name)
	if p.Root == "" {
		return name
	}
	if !absolute(name) {
		name = path.Join(p.Dir, name)
	}
	if inside, is := strings.CutPrefix(name+"/", strings.TrimSuffix(p.Root, "/")+"/"); is {
		return path.Clean(strings.TrimSuffix(inside, "/")) // the root itself is "."
	}
	return name
}

func absolute(name string) bool {
	return path.IsAbs(name) || filepath.IsAbs(filepath.FromSlash(name))
}

// rebased are findings with their paths from the repository's root on.
func (p Place) rebased(list []Finding) []Finding {
	out := make([]Finding, len(list))
	for i, f := range list {
		f.Path = p.inRepository(f.Path)
		out[i] = f
	}
	return out
}
