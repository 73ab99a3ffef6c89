package cli

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/layout"
)

// index is what is staged for the next commit, in the repositories that paths lie in.
type index struct {
	roots []string                   // real paths
	files map[string]map[string]bool // by root: what is tracked, with slashes
	open  map[string][]byte          // texts that are others than on disk, by absolute path
	real  map[string]string          // the real paths of folders
}

// staged reads the index of the repositories that the paths lie in.
func (s *settings) staged(ctx context.Context) (*index, error) {
	paths := s.paths()
	if len(paths) == 0 {
		paths = []string{"."}
	}
	x := &index{files: map[string]map[string]bool{}, open: map[string][]byte{}, real: map[string]string{}}
	dirs := []string{"."}
	for _, path := range paths {
		dir := filepath.FromSlash(path)
		if info, err := os.Stat(dir); err != nil {
			continue // it is a problem when it is loaded
		} else if !info.IsDir() {
			dir = filepath.Dir(dir)
		}
		if err := x.add(ctx, dir); err != nil {
			return nil, gitHelp(flagStaged, filepath.ToSlash(dir), err)
		}
		dirs = append(dirs, dir)
	}
	return x, x.linked(dirs)
}

// linked names the texts as they are found by folders that are reached by symbolic links.
func (x *index) linked(dirs []string) error {
	found := maps.Clone(x.open)
	for _, dir := range dirs {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return fmt.Errorf("looking for %s in git: %w", dir, err)
		}
		for name, text := range found {
			if rel, err := filepath.Rel(x.realOf(abs), name); err == nil && filepath.IsLocal(rel) {
				x.open[filepath.Join(abs, rel)] = text
			}
		}
	}
	return nil
}

// add reads the index of the repository that a folder lies in.
func (x *index) add(ctx context.Context, dir string) error {
	top, err := git(ctx, dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	root := filepath.FromSlash(string(bytes.TrimRight(top, "\r\n")))
	if slices.Contains(x.roots, root) {
		return nil
	}
	env := hookIndex(ctx, dir)
	list, err := gitWith(ctx, root, env, "ls-files", "-z")
	if err != nil {
		return err
	}
	x.roots, x.files[root] = append(x.roots, root), map[string]bool{}
	for _, name := range gitNames(list) {
		x.files[root][name] = true
	}
	different, err := gitWith(ctx, root, env, "diff", "--name-only", "-z", "--no-ext-diff", "--ignore-submodules")
	if err != nil {
		return err
	}
	return x.read(ctx, root, env, gitNames(different))
}

// read reads what is staged of the files that are others on disk.
func (x *index) read(ctx context.Context, root string, env, names []string) error {
	for _, name := range names {
		if !mayMatter(name) {
			continue
		}
		text, err := gitWith(ctx, root, env, "cat-file", "blob", ":"+name)
		if err != nil {
			return err
		}
		x.open[filepath.Join(root, filepath.FromSlash(name))] = text
	}
	return nil
}

// mayMatter says whether a file may be a migration, or what a migration tool keeps
// beside them.
func mayMatter(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".sql", ".conf", ".toml", ".json", ".yml", ".yaml", ".xml", ".properties", ".plan", ".sum":
		return true
	}
	return false
}

// hides says whether a file on disk is not staged: git does not know it, or it is
// about to be deleted.
func (x *index) hides(name string) bool {
	dir, base := filepath.Split(name)
	target := filepath.Join(x.realOf(filepath.Clean(dir)), base)
	for _, root := range x.roots {
		if rel, err := filepath.Rel(root, target); err == nil && filepath.IsLocal(rel) {
			return !x.files[root][filepath.ToSlash(rel)]
		}
	}
	return false
}

func (x *index) realOf(dir string) string {
	target, known := x.real[dir]
	if !known {
		var err error
		if target, err = filepath.EvalSymlinks(dir); err != nil {
			target = dir
		}
		x.real[dir] = target
	}
	return target
}

// options have what is staged count in place of what is on disk.
func (x *index) options(o *layout.Options) {
	if x != nil {
		o.Open, o.Hides = x.open, x.hides
	}
}

// hookIndex is the index that a commit is made of: git commit FILE has one of its own,
// and tells its hooks. It counts for the repository that the hook runs in.
// https://git-scm.com/docs/githooks
func hookIndex(ctx context.Context, dir string) []string {
	file := os.Getenv("GIT_INDEX_FILE")
	if file == "" {
		return nil
	}
	here, errHere := git(ctx, ".", "rev-parse", "--show-toplevel")
	there, errThere := git(ctx, dir, "rev-parse", "--show-toplevel")
	abs, err := filepath.Abs(file)
	if errHere != nil || errThere != nil || err != nil || !bytes.Equal(here, there) {
		return nil
	}
	return []string{"GIT_INDEX_FILE=" + abs}
}
