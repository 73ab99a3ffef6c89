// Package config reads a project's configuration, safemig.yml. What it does not
// know is an error with its place: a misspelt key must not be silently ignored.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/safemig/safemig/rules"
)

// Config is a project's configuration. Its zero value, but for Small, is what
// holds where there is no file.
type Config struct {
	File  string   // its path; empty where there is none
	Files []string // all that was read, in that order: File, behind what it extends

	Dialect          string
	ServerVersion    string
	Layout           string
	LayoutVersion    string
	Schema           string // file; its path, as all others, is as good as that of the file that names it
	Paths            []string
	FailOn           string
	Choices          map[string]rules.Choice // by rule id
	LockTimeout      time.Duration           // that the runner sets; zero: none
	StatementTimeout time.Duration
	Small            rules.Size // tables below it are small
	Stats            string     // file with the sizes of tables
	Custom           []*rules.Rule
	Fix              Fix
	Engines          Engines
	Gates            Gates
	Overrides        []Override
	Suppressions     []Suppression
	Baseline         string   // file with findings that are known
	Compat           []string // other linters whose comments count

	places  map[string]Place // where each key of the top level is set
	sources []source
}

// Known are the names that a configuration may use.
type Known struct {
	Dialects []string
	Layouts  []string
	Engines  []string
	Hostings []string
	Linters  []string // whose comments can be honoured
	Rules    []*rules.Rule
}

// None is the configuration of a project that has no file.
func None() *Config { return &Config{Small: rules.SmallTable()} }

// Read reads a configuration file, and what it extends.
func Read(name string, known Known) (*Config, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, fmt.Errorf("the configuration %s: %w", filepath.ToSlash(name), err)
	}
	return ReadAs(name, text, known)
}

// ReadAs reads a configuration file as if a text were in it: what an editor holds.
func ReadAs(name string, text []byte, known Known) (*Config, error) {
	return load(name, text, known, os.ReadFile)
}

// Parse reads the text of a configuration without what it extends. The error
// joins every Mistake.
func Parse(name string, text []byte, known Known) (*Config, error) {
	return load(name, text, known, nil)
}

func load(name string, text []byte, known Known, open func(string) ([]byte, error)) (*Config, error) {
	l := &loading{known: known, open: open, into: None()}
	l.into.File, l.into.places = name, map[string]Place{}
	l.file(name, text)
	if err := errors.Join(l.wrong...); err != nil {
		return nil, err
	}
	return l.into, nil
}

// within is a path that the file in dir names, as seen from the working directory.
func within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}

// withoutMark is a text without the mark that some editors begin it with.
func withoutMark(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\uFEFF")) }

// Place is a place in a configuration file; lines and columns count from 1,
// columns in characters.
type Place struct {
	File         string
	Line, Column int
}

// String is a place as messages name it: "safemig.yml:3".
func (p Place) String() string { return fmt.Sprintf("%s:%d", filepath.ToSlash(p.File), p.Line) }

// Place is where a key of the top level is set, for messages: "safemig.yml:3".
func (c *Config) Place(key string) string { return c.PlaceOf(key).String() }

// PlaceOf is where a key of the top level is set.
func (c *Config) PlaceOf(key string) Place { return c.places[key] }
