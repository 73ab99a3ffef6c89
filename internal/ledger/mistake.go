package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Mistake is what is wrong with a plan.yml, and where.
type Mistake struct {
	File         string
	Line, Column int // from 1; 0: of the whole file
	Err          error
}

// Error is the mistake with its place.
func (m *Mistake) Error() string {
	place := filepath.ToSlash(m.File)
	if m.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", place, m.Line, m.Column)
	}
	return place + ": " + m.Err.Error()
}

// Unwrap is the error without its place.
func (m *Mistake) Unwrap() error { return m.Err }

// faultAt is a fault with the path of its place in the YAML.
type faultAt struct {
	path string
	what string // in words
	err  error
}

func (f *faultAt) Error() string { return f.what + ": " + f.err.Error() }
func (f *faultAt) Unwrap() error { return f.err }

// mistake finds the place of an error: that of the YAML parser, or of what check holds.
func mistake(file string, text []byte, err error) *Mistake {
	out := &Mistake{File: file, Err: err}
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		out.Err = errors.New(strings.TrimSpace(syntax.GetMessage()))
		if t := syntax.GetToken(); t != nil && t.Position != nil {
			out.Line, out.Column = t.Position.Line, t.Position.Column
		}
		return out
	}
	var at *faultAt
	if !errors.As(err, &at) {
		return out
	}
	path, err := yaml.PathString(at.path)
	if err != nil {
		return out
	}
	node, err := path.ReadNode(bytes.NewReader(text))
	if err != nil {
		return out // the mistake is told without its line
	}
	out.at(node)
	return out
}

// at is the place of a node; that of a mapping is its first key.
func (m *Mistake) at(n ast.Node) {
	t := n.GetToken()
	if list, is := n.(*ast.MappingNode); is && len(list.Values) > 0 {
		t = list.Values[0].Key.GetToken()
	}
	if t != nil && t.Position != nil {
		m.Line, m.Column = t.Position.Line, t.Position.Column
	}
}
