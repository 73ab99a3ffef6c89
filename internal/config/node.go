package config

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/safemig/safemig/internal/nearest"
)

// key is what reads the value of one key.
type key struct {
	name string
	read func(ast.Node)
}

// entry is one key of a mapping with its value.
type entry struct {
	name  string
	key   *token.Token
	value ast.Node
}

// keys reads a mapping whose keys are known; any other key is a mistake. It
// returns what the mapping has.
func (r *reader) keys(n ast.Node, what string, known ...key) []entry {
	var names []string
	for _, k := range known {
		names = append(names, k.name)
	}
	entries := r.entries(n, what)
next:
	for _, e := range entries {
		for _, k := range known {
			if k.name == e.name {
				k.read(e.value)
				continue next
			}
		}
		r.at(e.key, "unknown key %q in %s%s; known are %s", e.name, what, nearest.DidYouMean(e.name, names), strings.Join(names, ", "))
	}
	return entries
}

// entries are the keys of a mapping. Nothing at all is an empty mapping.
func (r *reader) entries(n ast.Node, what string) []entry {
	if _, nothing := n.(*ast.NullNode); nothing {
		return nil
	}
	if !isMapping(n) {
		r.wrongf(n, "%s wants keys with values, not %s", what, kindOf(n))
		return nil
	}
	var out []entry
	for _, v := range pairs(n) {
		name, ok := v.Key.(*ast.StringNode)
		if !ok {
			r.at(v.Key.GetToken(), "a key of %s is a word, not %s", what, kindOf(v.Key))
			continue
		}
		out = append(out, entry{name.Value, name.GetToken(), v.Value})
	}
	return out
}

func isMapping(n ast.Node) bool {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// list is a sequence; a single value is a list of one.
func (r *reader) list(n ast.Node, what string) []ast.Node {
	if s, ok := n.(*ast.SequenceNode); ok {
		if len(s.Values) == 0 {
			r.wrongf(n, "%s is empty", what)
		}
		return s.Values
	}
	return []ast.Node{n}
}

// text is a value that is one piece of text, a number included: its text is as
// it is written, so that a version 10.10 does not become 10.1.
func (r *reader) text(n ast.Node, what string) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		if n.Value != "" {
			return n.Value, true
		}
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	case *ast.LiteralNode:
		if n.Value != nil && strings.TrimSpace(n.Value.Value) != "" {
			return n.Value.Value, true
		}
	}
	r.wrongf(n, "%s wants text, not %s", what, kindOf(n))
	return "", false
}

// oneOf is a text that is one of those known.
func (r *reader) oneOf(n ast.Node, what string, known []string) (string, bool) {
	v, ok := r.text(n, what)
	if !ok {
		return "", false
	}
	for _, k := range known {
		if k == v {
			return v, true
		}
	}
	r.unknown(n, what, v, known)
	return "", false
}

func (r *reader) unknown(n ast.Node, what, value string, known []string) {
	r.wrongf(n, "%s %q is not known%s; known are %s", what, value, nearest.DidYouMean(value, known), strings.Join(known, ", "))
}

// truth is true or false.
func (r *reader) truth(n ast.Node, what string) *bool {
	if b, ok := n.(*ast.BoolNode); ok {
		return &b.Value
	}
	r.wrongf(n, "%s wants true or false, not %s", what, kindOf(n))
	return nil
}

// kindOf is what a value is, for messages.
func kindOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys with values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.BoolNode:
		return n.GetToken().Value
	case *ast.IntegerNode, *ast.FloatNode:
		return "the number " + n.GetToken().Value
	case *ast.StringNode:
		if n.Value == "" {
			return "empty text"
		}
		return "the text " + n.Value
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "a YAML anchor or alias, which is not read here"
	case *ast.TagNode:
		return "a YAML tag, which is not read here"
	}
	return "what is here"
}
