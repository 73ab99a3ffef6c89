package config

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// reader walks the syntax tree of a configuration and collects what is wrong.
type reader struct {
	name  string
	src   []byte
	wrong []Mistake
}

// The YAML parser calls itself for each bracket, and a configuration may come
// with somebody else's pull request: no more is read than a project needs.
const (
	mostBytes    = 1 << 20
	mostBrackets = 10_000
	longestLine  = 200
)

// Mistake is one thing that is wrong with a configuration.
type Mistake struct {
	File         string
	Line, Column int // from 1; columns count characters
	Message      string
	Source       string // the line; empty where it is too long to show
}

// Error shows the line, with a caret under the place.
func (m *Mistake) Error() string {
	head := fmt.Sprintf("%s:%d:%d: %s", filepath.ToSlash(m.File), m.Line, m.Column, m.Message)
	if m.Source == "" {
		return head
	}
	number := fmt.Sprint(m.Line)
	return fmt.Sprintf("%s\n%s | %s\n%s | %s^", head, number, m.Source, strings.Repeat(" ", len(number)), strings.Repeat(" ", max(0, m.Column-1)))
}

// mistakes are what is wrong, in the order of the file.
func (r *reader) mistakes() []error {
	slices.SortStableFunc(r.wrong, func(a, b Mistake) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	var all []error
	for i := range r.wrong {
		all = append(all, &r.wrong[i])
	}
	return all
}

func (r *reader) at(t *token.Token, format string, args ...any) {
	p := Place{r.name, 1, 1}
	if t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
	}
	r.wrong = append(r.wrong, mistake(p, r.src, fmt.Sprintf(format, args...)))
}

func mistake(p Place, text []byte, message string) Mistake {
	m := Mistake{File: p.File, Line: p.Line, Column: p.Column, Message: message}
	lines := strings.Split(string(text), "\n")
	if p.Line >= 1 && p.Line <= len(lines) && len(lines[p.Line-1]) <= longestLine {
		m.Source = strings.TrimRight(lines[p.Line-1], "\r")
	}
	return m
}

// Mistake is one that reading the files alone does not show.
func (c *Config) Mistake(p Place, format string, args ...any) *Mistake {
	var text []byte
	for _, s := range c.sources {
		if s.name == p.File {
			text = s.text
		}
	}
	m := mistake(p, text, fmt.Sprintf(format, args...))
	return &m
}

// Mistakes are those that an error of Read or Parse joins.
func Mistakes(err error) []*Mistake {
	var one *Mistake
	var joined interface{ Unwrap() []error }
	switch {
	case errors.As(err, &joined):
		var out []*Mistake
		for _, e := range joined.Unwrap() {
			out = append(out, Mistakes(e)...)
		}
		return out
	case errors.As(err, &one):
		return []*Mistake{one}
	}
	return nil
}

func (r *reader) wrongf(n ast.Node, format string, args ...any) { r.at(place(n), format, args...) }

// place is a node's first token: that of a mapping is its first colon.
func place(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	}
	return n.GetToken()
}

// inWords is what the parser says of tabs, so that it says what to do.
func inWords(message string) string {
	if strings.Contains(message, "tab character") || strings.Contains(message, "\t") {
		return "YAML is indented with blanks, and here is a tab"
	}
	return message
}

// document parses the text; nil where it is empty or cannot be read.
func (r *reader) document() ast.Node {
	brackets := bytes.Count(r.src, []byte("[")) + bytes.Count(r.src, []byte("{"))
	if len(r.src) > mostBytes || brackets > mostBrackets {
		r.at(nil, "a configuration has no more than %d bytes and %d brackets; this one has %d and %d", mostBytes, mostBrackets, len(r.src), brackets)
		return nil
	}
	file, err := parser.ParseBytes(r.src, 0)
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			r.at(syntax.GetToken(), "%s", inWords(syntax.GetMessage()))
		} else {
			r.at(nil, "%v", err)
		}
		return nil
	}
	var body ast.Node
	for _, d := range file.Docs {
		switch {
		case d.Body == nil || d.Body.Type() == ast.CommentType:
		case body != nil:
			r.wrongf(d.Body, "a configuration is one YAML document, and this is a second one")
		default:
			body = d.Body
		}
	}
	return body
}
