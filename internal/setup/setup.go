// Package setup finds out which database servers a project works with, by the
// files that its tools keep: what runs in containers and in CI, and which drivers
// are asked for. All of it are hints, each with the place that gives it.
package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Sign is a hint at a server.
type Sign struct {
	Dialect string // "postgres", "mysql", "mariadb"
	Version string // empty: not said
	What    string // "postgres:16.3-alpine"
	File    string // with slashes, from the folder that Signs looked at
}

// String is a sign as people would say it: "postgres:16 in compose.yml".
func (s Sign) String() string { return s.What + " in " + s.File }

// mostBytes is as much of a file as is read: what matters stands in small ones.
const mostBytes = 1 << 20

// Signs are the hints that the files of a folder give, those about a running
// server first.
func Signs(dir string) ([]Sign, error) {
	var out []Sign
	for _, s := range sources() {
		for _, pattern := range s.files {
			found, err := matching(dir, pattern)
			if err != nil {
				return nil, err
			}
			for _, name := range found {
				signs, err := s.in(dir, name)
				if err != nil {
					return nil, err
				}
				out = append(out, signs...)
			}
		}
	}
	return distinct(out), nil
}

// matching are the files below a folder that a pattern names, with slashes.
func matching(dir, pattern string) ([]string, error) {
	found, err := fs.Glob(os.DirFS(dir), pattern)
	if err != nil {
		return nil, fmt.Errorf("looking into %s: %w", dir, err)
	}
	return found, nil
}

func (s source) in(dir, name string) ([]Sign, error) {
	path := filepath.Join(dir, filepath.FromSlash(name))
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission):
		return nil, nil // a link that leads nowhere, or what is not for us: no hint
	case err != nil:
		return nil, fmt.Errorf("looking for servers: %w", err)
	case !info.Mode().IsRegular() || info.Size() > mostBytes:
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for servers: %w", err)
	}
	signs := s.find(string(text))
	for i := range signs {
		signs[i].File = name
	}
	return signs, nil
}

func distinct(list []Sign) []Sign {
	var out []Sign
	for _, s := range list {
		if !slices.ContainsFunc(out, func(o Sign) bool { return o == s }) {
			out = append(out, s)
		}
	}
	return out
}

// lines are the lines of a text without comments and what is around them.
func lines(text, comment string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, comment) {
			out = append(out, line)
		}
	}
	return out
}
