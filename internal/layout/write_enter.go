package layout

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// entering is a migration that waited, on its way to the others.
type entering struct {
	w      *Writer
	folder string // where it waits
	rel    string // its name there, with slashes
	stem   string
	texts  map[string][]byte // of all its files, by name
}

// Enter lays out migrations that waited in a folder, behind all that are there, under
// versions of now. They are named as they are there, in the order they run. A run that
// was interrupted is taken up: what it has written stays where it is.
func (w *Writer) Enter(folder string, waiting []string, now time.Time) (*Written, error) {
	w = w.branch()
	out := w.nothing()
	for _, rel := range waiting {
		e := &entering{w: w, folder: folder, rel: rel, stem: Stem(rel)}
		if err := e.read(); err != nil {
			return nil, err
		}
		place, err := e.place(out, now)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.dir.tree.shown(filepath.Join(folder, filepath.FromSlash(rel)), false), err)
		}
		out.Pieces = append(out.Pieces, place)
	}
	if err := w.sum(out); err != nil {
		return nil, err
	}
	return out, out.free()
}

// nothing is what is written before anything is.
func (w *Writer) nothing() *Written {
	tree, abs := w.dir.tree, filepath.IsAbs(w.dir.Path)
	return &Written{after: w, shown: func(path string) string { return tree.shown(path, abs) }}
}

// read reads the file, and what stands beside it: its way back, its settings.
func (e *entering) read() error {
	e.texts = map[string][]byte{}
	err := filepath.WalkDir(e.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(e.folder, path)
		if err != nil || Stem(filepath.ToSlash(rel)) != e.stem {
			return err
		}
		e.texts[filepath.ToSlash(rel)], err = readLimited(path, defaultMaxBytes)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading what waits: %w", err)
	}
	if e.texts[e.rel] == nil {
		return fmt.Errorf("%s is not there", e.w.dir.tree.shown(filepath.Join(e.folder, filepath.FromSlash(e.rel)), false))
	}
	return nil
}

// place finds the migration's place, and adds its files.
func (e *entering) place(out *Written, now time.Time) (string, error) {
	w := e.w
	if w.group.Layout.Name == "liquibase" && len(w.dir.changelogOrder()) > 0 {
		return w.joinLast(out, string(e.texts[e.rel]))
	}
	rel, there, err := e.spot(now)
	if err != nil {
		return "", err
	}
	stem := strings.TrimSuffix(rel, e.rel[len(e.prefix()):])
	var sheets []sheet
	for _, name := range e.names() {
		s := sheet{movedTo(name, stem), e.text(name, rel)}
		sheets = append(sheets, s)
		if o := out.output(w.dir.file(s.rel), s.text); !there || !o.written() {
			out.Files = append(out.Files, o)
		}
	}
	w.took(sheets)
	return w.dir.shown(rel), w.enlist(out, rel, there, slugOf(e.stem), now)
}

// prefix is the file's name up to the end of its stem.
func (e *entering) prefix() string {
	_, whole := stemAt(e.rel)
	return whole
}

// names are the migration's files, itself first.
func (e *entering) names() []string {
	var rest []string
	for name := range e.texts {
		if name != e.rel {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append([]string{e.rel}, rest...)
}

// spot is the migration's new name. An earlier run may have given it one.
func (e *entering) spot(now time.Time) (rel string, there bool, err error) {
	w := e.w
	if name := e.copied(); name != "" {
		w.scribe, err = w.scribeFor(name)
		return name, true, err
	}
	tail := e.rel[len(e.prefix()):]
	rel, err = w.spot(slugOf(e.stem), func(string) string { return tail }, now)
	return rel, false, err
}

// copied is the migration that says what the file says, or "".
func (e *entering) copied() string {
	tail := e.rel[len(e.prefix()):]
	for _, name := range slices.Backward(e.w.dir.Names) {
		if strings.HasSuffix(name, tail) && e.w.text(name) == e.text(e.rel, name) {
			return name
		}
	}
	return ""
}

// Holds says whether a migration that waits in a folder stands among the others too.
func (w *Writer) Holds(folder, rel string) bool {
	e := &entering{w: w, folder: folder, rel: rel, stem: Stem(rel)}
	if e.read() != nil {
		return false
	}
	if w.group.Layout.Name == "liquibase" && len(w.dir.changelogOrder()) > 0 {
		return strings.Contains(w.text(lastOf(w.group.Layout.List(w.dir).Entries)), changesetsOf(string(e.texts[rel])))
	}
	return e.copied() != ""
}

// text is a file as it is to be: Sqitch's scripts say their own names.
func (e *entering) text(name, rel string) string {
	text := string(e.texts[name])
	if e.w.group.Layout.Name != "sqitch" {
		return text
	}
	change := strings.TrimSuffix(strings.TrimPrefix(rel, sqitchDeploy), ".sql")
	var out strings.Builder
	skips := false
	for line := range strings.Lines(text) {
		skips = strings.HasPrefix(line, sqitchLater) || skips && strings.HasPrefix(line, "--  ")
		if !skips {
			out.WriteString(strings.ReplaceAll(line, e.stem, change))
		}
	}
	return out.String()
}

// text is what a migration's file holds; "" where it cannot be read.
func (w *Writer) text(rel string) string {
	if text, ok := w.dir.texts[rel]; ok {
		return string(text)
	}
	text, err := readLimited(w.dir.file(rel), defaultMaxBytes)
	if err != nil {
		return "" // it is no copy of anything
	}
	return string(text)
}

// written says whether a file is there with its text already.
func (o *Output) written() bool {
	text, err := os.ReadFile(o.abs)
	return err == nil && bytes.Equal(text, o.Text)
}

// changesetsOf is a file of formatted SQL behind its first line.
func changesetsOf(text string) string {
	_, sets, _ := strings.Cut(text, "\n")
	return strings.TrimLeft(sets, "\n")
}

// joinLast puts changesets at the end of the last file that the changelog names: one
// that it does not name would not run.
func (w *Writer) joinLast(out *Written, text string) (string, error) {
	rel := lastOf(w.group.Layout.List(w.dir).Entries)
	old := w.text(rel)
	sets := changesetsOf(text)
	if strings.Contains(old, sets) {
		return w.dir.shown(rel), nil
	}
	if strings.Contains(old, "\r\n") {
		sets = strings.ReplaceAll(strings.ReplaceAll(sets, "\r\n", "\n"), "\n", "\r\n")
	}
	next := []byte(strings.TrimRight(old, "\n") + "\n\n" + sets)
	w.dir.texts[rel] = next
	out.change(w.dir.file(rel), []byte(old), next)
	return w.dir.shown(rel), nil
}
