package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// loading reads a file on top of those that it extends: what is read later wins.
type loading struct {
	known Known
	open  func(name string) ([]byte, error) // nil: nothing that is extended is read
	into  *Config
	above []string // the files that are being read, each extending the next
	wrong []error
}

// source is the text of a file that was read.
type source struct {
	name string
	text []byte
	body ast.Node
}

// file reads one file, and before it those that it extends.
func (l *loading) file(name string, text []byte) {
	r := &reader{name: name, src: withoutMark(text)}
	l.above = append(l.above, name)
	body := r.document()
	if body != nil {
		r.extends(l, valueOf(body, "extends"))
		r.file(l.into, body, l.known)
	}
	l.above = l.above[:len(l.above)-1]
	l.into.Files = append(l.into.Files, name)
	l.into.sources = append(l.into.sources, source{name, r.src, body})
	l.wrong = append(l.wrong, r.mistakes()...)
}

// extends reads the files that a file names. One that several name is read once.
func (r *reader) extends(l *loading, n ast.Node) {
	if n == nil {
		return
	}
	for _, item := range r.list(n, "extends") {
		name, ok := r.text(item, "extends")
		if !ok || !r.isConfiguration(item, name) || l.open == nil {
			continue
		}
		name = within(filepath.Dir(r.name), name)
		same := func(other string) bool { return samePath(name, other) }
		switch {
		case slices.ContainsFunc(l.above, same):
			r.wrongf(item, "%s extends itself: %s", filepath.ToSlash(name), circle(append(l.above[slices.IndexFunc(l.above, same):], name)))
		case !slices.ContainsFunc(l.into.Files, same):
			text, err := l.open(name)
			if err != nil {
				r.wrongf(item, "extends %s: %v", filepath.ToSlash(name), reason(err))
				continue
			}
			l.file(name, text)
		}
	}
}

// isConfiguration keeps a configuration, which may come with somebody else's pull
// request, from showing the lines of any file of the machine in its mistakes.
func (r *reader) isConfiguration(n ast.Node, name string) bool {
	extension := strings.ToLower(filepath.Ext(name))
	switch {
	case strings.Contains(name, "://"):
		r.wrongf(n, "extends %q: only files are read, safemig asks no network", name)
	case extension != ".yml" && extension != ".yaml":
		r.wrongf(n, "extends %q: what is extended is a configuration, a .yml or .yaml file", name)
	default:
		return true
	}
	return false
}

func circle(names []string) string {
	var out []string
	for _, name := range names {
		out = append(out, filepath.ToSlash(name))
	}
	return strings.Join(out, " extends ")
}

func samePath(a, b string) bool {
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}

// reason is an error of the file system without the path.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// valueOf is the value of a key of a mapping; nil where it has none.
func valueOf(n ast.Node, name string) ast.Node {
	for _, v := range pairs(n) {
		if key, is := v.Key.(*ast.StringNode); is && key.Value == name {
			return v.Value
		}
	}
	return nil
}

// pairs are the keys of a mapping with their values.
func pairs(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}
