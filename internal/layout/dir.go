package layout

import (
	"iter"
	"path"
	"path/filepath"
	"strings"
)

// Dir is one migration directory.
type Dir struct {
	Path string // as reports print it
	// Folders says that each migration is a folder of its own, as with Prisma and Diesel.
	Folders bool
	// Names are the SQL files, with slashes and relative to the directory, in the order of bytes.
	Names []string

	abs   string
	tree  *tree
	texts map[string][]byte // files that came by stdin, or that are about to be written
}

// holds says whether the directory has a file or folder of that name.
func (d *Dir) holds(name string) bool {
	return d.tree.has(filepath.Join(d.abs, filepath.FromSlash(name)))
}

// up is the path of the first of the names in the directory or above it, or "".
func (d *Dir) up(names ...string) string { return d.tree.up(d.abs, names...) }

// upName is the name that up found, without its directory.
func (d *Dir) upName(names ...string) string {
	if found := d.up(names...); found != "" {
		return filepath.Base(found)
	}
	return ""
}

// manifests yields the texts of the files of that name, the nearest first.
func (d *Dir) manifests(name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for found := d.up(name); found != ""; {
			if !yield(d.tree.hints(found)) {
				return
			}
			in := filepath.Dir(found)
			if d.tree.isTop(in) {
				return
			}
			found = d.tree.up(filepath.Dir(in), name)
		}
	}
}

// manifestNames says whether a manifest of that name has a dependency called so.
func (d *Dir) manifestNames(manifest, dependency string) bool {
	for text := range d.manifests(manifest) {
		if mentions(text, dependency) {
			return true
		}
	}
	return false
}

// manifestSays says whether a manifest of that name has a word anywhere.
func (d *Dir) manifestSays(manifest, word string) bool {
	for text := range d.manifests(manifest) {
		if strings.Contains(string(text), word) {
			return true
		}
	}
	return false
}

// mentions says whether a line of a manifest starts with the name, in the ways
// that Cargo.toml and package.json write a dependency.
func mentions(text []byte, name string) bool {
	for l := range lines(text) {
		key := strings.TrimSpace(l.text)
		key = strings.TrimPrefix(key, "[dependencies.")
		key = strings.TrimPrefix(key, "[workspace.dependencies.")
		rest, ok := strings.CutPrefix(strings.TrimPrefix(key, `"`), name)
		if ok && rest != "" && strings.ContainsRune(` ="]:.`, rune(rest[0])) {
			return true
		}
	}
	return false
}

// beginning is the first bytes of a file, decoded as far as possible; nothing
// when it cannot be read, which is reported when it is loaded.
func (d *Dir) beginning(rel string) []byte {
	raw, ok := d.texts[rel]
	if !ok {
		var err error
		if raw, err = readStart(d.file(rel), sampledBytes); err != nil {
			return nil
		}
	}
	text, err := decode(raw)
	if err != nil {
		return nil
	}
	return text
}

// file is the path of a migration's file as the file system wants it.
func (d *Dir) file(rel string) string { return filepath.Join(d.abs, filepath.FromSlash(rel)) }

// shown is the path of a migration's file as reports print it.
func (d *Dir) shown(rel string) string { return path.Join(d.Path, rel) }

// folder and base are the two halves of a name such as 001_x/up.sql.
func folder(rel string) string { return strings.TrimSuffix(path.Dir(rel), ".") }
func base(rel string) string   { return path.Base(rel) }

// anyName returns the first name for which is holds.
func (d *Dir) anyName(is func(rel string) bool) string {
	for _, rel := range d.Names {
		if is(rel) {
			return rel
		}
	}
	return ""
}
