// Package config reads a project's configuration, safemig.yml. What it does not
// know is an error with its place: a misspelt key must not be silently ignored.
package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/safemig/safemig/rules"
)

// Config is a project's configuration. Its zero value, but for Small, is what
// holds where there is no file.
type Config struct {
	File string // its path; empty where there is none

	Dialect          string
	ServerVersion    string
	Layout           string
	Schema           string // file; its path is as good as File's
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

	lines map[string]int // where each key of the top level is set
}

// Known are the names that a configuration may use.
type Known struct {
	Dialects []string
	Layouts  []string
	Engines  []string
	Hostings []string
	Rules    []*rules.Rule
}

// None is the configuration of a project that has no file.
func None() *Config { return &Config{Small: rules.SmallTable()} }

// Read reads a configuration file.
func Read(name string, known Known) (*Config, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the configuration: %w", err)
	}
	c, err := Parse(name, text, known)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(name)
	c.Schema, c.Stats = within(dir, c.Schema), within(dir, c.Stats)
	c.Fix.Pending, c.Fix.Backfills = within(dir, c.Fix.Pending), within(dir, c.Fix.Backfills)
	for i, p := range c.Paths {
		c.Paths[i] = within(dir, p)
	}
	return c, nil
}

// within is a path that the file in dir names, as seen from the working directory.
func within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}

// Parse reads the text of a configuration. Paths stay as they are written. The
// error names every mistake, each with its place.
func Parse(name string, text []byte, known Known) (*Config, error) {
	r := &reader{name: name, src: bytes.TrimPrefix(text, []byte("\uFEFF"))}
	c := None()
	c.File, c.lines = name, map[string]int{}
	if body := r.document(); body != nil {
		r.file(c, body, known)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// Place is where a key of the top level is set, for messages: "safemig.yml:3".
func (c *Config) Place(key string) string {
	return fmt.Sprintf("%s:%d", filepath.ToSlash(c.File), c.lines[key])
}
