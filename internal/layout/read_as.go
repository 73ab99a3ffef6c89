package layout

import (
	"path/filepath"
)

// ReadAs reads a file as a migration tool's, wherever it lies: what waits for its turn is
// none of the files that the tool loads yet.
func ReadAs(layout, name string) ([]File, error) {
	l, err := Named(layout)
	if err != nil {
		return nil, err
	}
	t, err := newTree()
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	raw, err := readLimited(abs, defaultMaxBytes)
	if err != nil {
		return nil, err
	}
	text, err := decode(raw)
	if err != nil {
		return nil, err
	}
	d := &Dir{Path: filepath.ToSlash(filepath.Dir(name)), abs: filepath.Dir(abs), tree: t, texts: map[string][]byte{}}
	return l.scripts(&Source{Entry: Entry{Rel: filepath.Base(abs)}, Dir: d, Text: text}, filepath.ToSlash(name))
}
