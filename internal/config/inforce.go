package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Setting is a key with the value that is in force, as its file has it.
type Setting struct {
	Key   string // with the keys above it: "fix.tries"
	Value string
	Place Place
}

// InForce are the settings of a scope, in the order in which they are first set.
func (c *Config) InForce(s Scope) []Setting {
	var out settings
	for _, from := range c.sources {
		out.file(from, "extends", "overrides")
	}
	for _, o := range c.OverridesOf(s) {
		out.file(source{name: o.Place.File, body: o.body}, "paths")
	}
	in := c.In(s).places
	return slices.DeleteFunc(out, func(s Setting) bool { // what elsewhere forgets
		_, set := in[s.Key]
		return (isOfOneServer(s.Key) || s.Key == "layout-version") && !set
	})
}

// Sets are the settings of an override alone.
func (o *Override) Sets() []Setting {
	var out settings
	out.file(source{name: o.Place.File, body: o.body}, "paths")
	return out
}

// settings are what was read until now; what is read later takes the place of
// what is called the same.
type settings []Setting

func (s *settings) file(from source, skipped ...string) {
	for _, v := range pairs(from.body) {
		if key := keyOf(v); !slices.Contains(skipped, key) {
			s.value(from, key, v)
		}
	}
}

// value takes a mapping apart, so that each of its keys has its own place.
func (s *settings) value(from source, key string, v *ast.MappingValueNode) {
	switch n := v.Value.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		for _, below := range pairs(n) {
			s.value(from, key+"."+keyOf(below), below)
		}
	case *ast.SequenceNode:
		if len(n.Values) == 0 || !isMapping(n.Values[0]) {
			s.set(from, key, v)
			return
		}
		for _, item := range n.Values {
			s.item(from, key, item)
		}
	default:
		s.set(from, key, v)
	}
}

// item is one of a list that grows from file to file.
func (s *settings) item(from source, key string, n ast.Node) {
	name, value := "", onOneLine(n)
	if id := valueOf(n, "id"); id != nil {
		name, value = "."+onOneLine(id), onOneLine(valueOf(n, "message"))
	}
	at := place(n).Position
	s.add(Setting{key + name, value, Place{from.name, at.Line, at.Column}})
}

func (s *settings) set(from source, key string, v *ast.MappingValueNode) {
	at := v.Key.GetToken().Position
	now := Setting{key, onOneLine(v.Value), Place{from.name, at.Line, at.Column}}
	if i := slices.IndexFunc(*s, func(before Setting) bool { return before.Key == key }); i >= 0 {
		(*s)[i] = now
		return
	}
	s.add(now)
}

// add puts a setting behind those that have the same first key.
func (s *settings) add(now Setting) {
	top, _, _ := strings.Cut(now.Key, ".")
	at := len(*s)
	for i, before := range *s {
		if first, _, _ := strings.Cut(before.Key, "."); first == top {
			at = i + 1
		}
	}
	*s = slices.Insert(*s, at, now)
}

func keyOf(v *ast.MappingValueNode) string {
	if key, is := v.Key.(*ast.StringNode); is {
		return key.Value
	}
	return onOneLine(v.Key)
}

// onOneLine is a value as people would say it.
func onOneLine(n ast.Node) string {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return ""
	case *ast.StringNode:
		return strings.Join(strings.Fields(n.Value), " ")
	case *ast.LiteralNode:
		return onOneLine(n.Value)
	case *ast.SequenceNode:
		var items []string
		for _, item := range n.Values {
			items = append(items, onOneLine(item))
		}
		return strings.Join(items, ", ")
	case *ast.MappingNode, *ast.MappingValueNode:
		var items []string
		for _, v := range pairs(n) {
			items = append(items, fmt.Sprintf("%s: %s", keyOf(v), onOneLine(v.Value)))
		}
		return strings.Join(items, ", ")
	}
	return n.GetToken().Value
}
