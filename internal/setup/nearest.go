package setup

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"

	"github.com/safemig/safemig/dialect/fact"
)

// Project looks at the folders of one repository, each once.
type Project struct {
	known map[string][]Sign
}

// Up are the signs of a folder and of those above it up to the repository's root,
// the nearest folder first. Their files are as seen from the working directory.
func (p *Project) Up(dir string) ([][]Sign, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	var out [][]Sign
	for {
		signs, err := p.in(dir)
		if err != nil {
			return nil, err
		}
		if len(signs) > 0 {
			out = append(out, signs)
		}
		up := filepath.Dir(dir)
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil || up == dir {
			return out, nil
		}
		dir = up
	}
}

func (p *Project) in(dir string) ([]Sign, error) {
	if signs, known := p.known[dir]; known {
		return signs, nil
	}
	signs, err := Signs(dir)
	if err != nil {
		return nil, err
	}
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for i := range signs {
		if rel, err := filepath.Rel(cwd, filepath.Join(dir, signs[i].File)); err == nil {
			signs[i].File = filepath.ToSlash(rel)
		}
	}
	if p.known == nil {
		p.known = map[string][]Sign{}
	}
	p.known[dir] = signs
	return signs, nil
}

// Dialect is the one that the nearest folder with any sign gives, by the first of
// its signs; empty where that folder has signs of several.
func Dialect(up [][]Sign) (dialect string, by Sign) {
	if len(up) == 0 {
		return "", Sign{}
	}
	first := up[0][0]
	if slices.ContainsFunc(up[0], func(s Sign) bool { return s.Dialect != first.Dialect }) {
		return "", Sign{}
	}
	return first.Dialect, first
}

// Versions are the signs of the nearest folder that tells a version of the
// dialect, the oldest first.
func Versions(up [][]Sign, dialect string) []Sign {
	for _, signs := range up {
		var out []Sign
		for _, s := range signs {
			if s.Dialect == dialect && s.Version != "" {
				out = append(out, s)
			}
		}
		if len(out) > 0 {
			slices.SortStableFunc(out, older)
			return out
		}
	}
	return nil
}

func older(a, b Sign) int {
	x, errX := fact.Parse(a.Version)
	y, errY := fact.Parse(b.Version)
	switch {
	case errX != nil || errY != nil:
		return cmp.Compare(a.Version, b.Version)
	case x.Less(y):
		return -1
	case y.Less(x):
		return 1
	}
	return 0
}
