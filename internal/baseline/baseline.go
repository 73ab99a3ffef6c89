// Package baseline keeps the findings that a project has when it begins to look:
// what is in its file is known, and only what comes on top is news.
package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/safemig/safemig/internal/report"
)

// version is that of the file: fields are added without a new one.
const version = 1

// Baseline is findings that are known. A finding is known by what it is about, not by
// its line; there may be several of one kind.
type Baseline struct {
	dir     string // paths in the file are relative to it
	entries map[report.Key]*Entry
}

// Entry is the findings of one rule about one statement.
type Entry struct {
	Path string `json:"path"` // from the file's own folder on, with slashes
	Rule string `json:"rule"`
	// Statement is a hash of the statement without blanks and comments; empty for
	// findings about the whole file.
	Statement string `json:"statement,omitempty"`
	About     string `json:"about,omitempty"` // a line of it, for people
	Count     int    `json:"count"`

	found int
}

// Left says how many of them were not found any more.
func (e *Entry) Left() int { return max(0, e.Count-e.found) }

type file struct {
	Version  int      `json:"version"`
	Findings []*Entry `json:"findings"`
}

// New is a baseline without any finding, for a file of that name.
func New(name string) (*Baseline, error) {
	dir, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("the baseline %s: %w", name, err)
	}
	return &Baseline{dir: dir, entries: map[report.Key]*Entry{}}, nil
}

// Read reads the file of a baseline.
func Read(name string) (*Baseline, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no baseline %s: --write-baseline writes it: %w", filepath.ToSlash(name), fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("the baseline: %w", err)
	}
	b, err := New(name)
	if err != nil {
		return nil, err
	}
	if err := b.decode(text); err != nil {
		return nil, fmt.Errorf("the baseline %s: %w", filepath.ToSlash(name), err)
	}
	return b, nil
}

func (b *Baseline) decode(text []byte) error {
	var in file
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		line := 1 + bytes.Count(text[:min(d.InputOffset(), int64(len(text)))], []byte("\n"))
		return fmt.Errorf("line %d: %w", line, err)
	}
	if d.More() {
		return errors.New("something stands behind its end")
	}
	if in.Version != version {
		return fmt.Errorf("it is of version %d, and this safemig reads version %d", in.Version, version)
	}
	for i, e := range in.Findings {
		if e == nil || e.Path == "" || e.Rule == "" || e.Count < 1 {
			return fmt.Errorf("finding %d lacks its path, its rule or its count", i+1)
		}
		if b.entries[e.key()] != nil {
			return fmt.Errorf("%s of %s stands there twice: keep one, with the sum of their counts", e.Rule, e.Path)
		}
		b.entries[e.key()] = e
	}
	return nil
}

func (e *Entry) key() report.Key {
	return report.Key{Rule: e.Rule, Path: e.Path, Statement: e.Statement}
}

// Take says whether a finding is known, and counts it.
func (b *Baseline) Take(f *report.Finding) bool {
	e := b.entries[b.keyOf(f)]
	if e == nil {
		return false
	}
	e.found++
	return e.found <= e.Count
}

// Add makes a finding known.
func (b *Baseline) Add(f *report.Finding) {
	k := b.keyOf(f)
	e := b.entries[k]
	if e == nil {
		e = &Entry{Path: k.Path, Rule: k.Rule, Statement: k.Statement, About: f.FirstLine()}
		b.entries[k] = e
	}
	e.Count++
}

// keyOf is the key of a finding with a path that does not depend on where safemig is run.
func (b *Baseline) keyOf(f *report.Finding) report.Key {
	k := f.Key()
	k.Path = b.relative(k.Path)
	return k
}

func (b *Baseline) relative(path string) string {
	abs, err := filepath.Abs(filepath.FromSlash(path))
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(b.dir, abs)
	if err != nil {
		return filepath.ToSlash(abs) // another volume
	}
	return filepath.ToSlash(rel)
}

// Entries are all there are, in the order of the file.
func (b *Baseline) Entries() []*Entry {
	out := make([]*Entry, 0, len(b.entries))
	for _, e := range b.entries {
		out = append(out, e)
	}
	slices.SortFunc(out, func(x, y *Entry) int {
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Statement, y.Statement))
	})
	return out
}

// Keep takes over what an earlier baseline knew of files that are there and have not
// been looked at; the others are pruned. It returns how many findings it left out that
// this one does not have.
func (b *Baseline) Keep(old *Baseline, judged []string) (pruned int) {
	seen := map[string]bool{}
	for _, path := range judged {
		seen[b.relative(path)] = true
	}
	for k, e := range old.entries {
		switch mine := b.entries[k]; {
		case mine != nil:
			pruned += max(0, e.Count-mine.Count)
		case !seen[e.Path] && b.isThere(e.Path):
			b.entries[k] = e
		default:
			pruned += e.Count
		}
	}
	return pruned
}

func (b *Baseline) isThere(path string) bool {
	name := filepath.FromSlash(path)
	if !filepath.IsAbs(name) {
		name = filepath.Join(b.dir, name)
	}
	_, err := os.Stat(name)
	return err == nil
}

// Gone are the entries of files that were looked at of which something was not found
// any more, and those of files that are not there.
func (b *Baseline) Gone(judged []string) []*Entry {
	seen := map[string]bool{}
	for _, path := range judged {
		seen[b.relative(path)] = true
	}
	return slices.DeleteFunc(b.Entries(), func(e *Entry) bool {
		return e.Left() == 0 || !seen[e.Path] && b.isThere(e.Path)
	})
}

// Write writes the file.
func (b *Baseline) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(file{Version: version, Findings: b.Entries()})
}

// Counts are how many findings there are, and in how many files.
func (b *Baseline) Counts() (findings, files int) {
	paths := map[string]bool{}
	for _, e := range b.entries {
		findings += e.Count
		paths[e.Path] = true
	}
	return findings, len(paths)
}
