package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mayWrite refuses, where the repository may be a stranger's, to write outside of it or
// into .git: its configuration, its plans and its symbolic links say where files go.
func (p *program) mayWrite(names ...string) error {
	if p.getenv(envUntrusted) == "" {
		return nil
	}
	root, err := repositoryRoot()
	if err != nil {
		return err
	}
	for _, name := range names {
		place, err := realPath(name)
		if err != nil {
			return fmt.Errorf("%s is not written: %w", shownPath(name), err)
		}
		if !staysWithin(root, place) {
			return fmt.Errorf("%s is not written: it leads out of the repository, or into .git, and %s says that the repository may be a stranger's", shownPath(name), envUntrusted)
		}
	}
	return nil
}

// mayWriteNamed does so of a file that the command line names: that may be anywhere, unless
// a symbolic link of the repository leads there.
func (p *program) mayWriteNamed(name string) error {
	if name == "" || p.getenv(envUntrusted) == "" {
		return nil
	}
	root, err := repositoryRoot()
	if err != nil {
		return err
	}
	abs, err := filepath.Abs(name)
	if err != nil || !staysWithin(root, filepath.Clean(abs)) {
		return err
	}
	return p.mayWrite(name)
}

// repositoryRoot is the folder that has .git, here or above; else the one to work in.
func repositoryRoot() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	here, err = filepath.EvalSymlinks(here)
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return here, nil
		}
	}
}

// realPath is where a file really is, or will be.
func realPath(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	place, err := filepath.EvalSymlinks(abs)
	if !errors.Is(err, fs.ErrNotExist) {
		return place, err
	}
	if _, err := os.Lstat(abs); err == nil {
		return "", fmt.Errorf("%s is a symbolic link that leads nowhere", shownPath(abs))
	}
	folder, err := realPath(filepath.Dir(abs))
	return filepath.Join(folder, filepath.Base(abs)), err
}

// staysWithin says whether a path is below a folder, and no part of git's own.
func staysWithin(root, path string) bool {
	rel, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(rel) {
		return false
	}
	return !slices.ContainsFunc(strings.Split(rel, string(filepath.Separator)), func(part string) bool { return strings.EqualFold(part, ".git") })
}
