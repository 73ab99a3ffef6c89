package layout

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// original is the migration as it is.
type original struct {
	rel     string
	section change.Span
	raw     []byte
	files   map[string][]byte // what is there of it, by name: itself, its way back, its settings
	down    []byte            // the text of its way back
	downRel string            // the file of its way back, where that is a file
	crlf    bool
}

// original reads the migration again: what changed since it was judged is not rewritten.
func (w *Writer) original(s *change.Script) (*original, error) {
	rel := ""
	for _, name := range w.dir.Names {
		if w.dir.shown(name) == s.Path || w.group.shownOwn(name) == s.Path {
			rel = name
		}
	}
	if rel == "" {
		return nil, fmt.Errorf("%s is not in %s", s.Path, w.dir.Path)
	}
	o := &original{rel: rel, section: s.Section, raw: s.Raw, files: map[string][]byte{}, crlf: bytes.Contains(s.Raw, []byte("\r\n"))}
	if _, ok := w.group.dir.texts[rel]; ok { // from stdin, or a draft
		if rel != w.group.draft {
			o.files[rel] = s.Raw
		}
		return o, w.changedBefore(o)
	}
	text, err := readLimited(w.dir.file(rel), defaultMaxBytes)
	if err != nil {
		return nil, fmt.Errorf("reading it again: %w", err)
	}
	if !bytes.Equal(text, s.Raw) {
		if decoded, err := decode(text); err == nil && bytes.Equal(decoded, s.Raw) {
			return nil, refuse("it is in UTF-16: save it as UTF-8 first")
		}
		return nil, errors.New("it changed while it was read: try again")
	}
	o.files[rel] = text
	return o, w.changedBefore(o)
}

// changedBefore looks for the migration in its file as an earlier plan leaves it.
func (w *Writer) changedBefore(o *original) error {
	if !w.fresh[o.rel] || w.group.Layout.Name != "liquibase" {
		return nil
	}
	return o.moved(w.dir.texts[o.rel])
}

// shownOwn is the path under which the group's files were loaded.
func (g *Group) shownOwn(rel string) string {
	return g.dir.tree.shown(g.dir.file(rel), filepath.IsAbs(g.dir.Path))
}

// lineEnds gives a text the migration's line ends.
func (o *original) lineEnds(text string) string {
	if !o.crlf {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}
