package config

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/goccy/go-yaml/ast"
)

// Override is settings that hold for a part of the project.
type Override struct {
	Paths []string // patterns, with slashes, from the folder of its file on
	Place Place
	// Own is what it sets, and nothing else.
	Own *Config

	root  string // folder that the patterns begin in
	apply func(*Config)
	body  ast.Node
}

// Scope says which overrides hold somewhere: where scopes are equal, so are the settings.
type Scope string

// anySQL stands for any SQL file of a folder.
const anySQL = "any file at all.sql"

// ForDir is the scope of a migration directory: of the overrides whose patterns
// match it, a folder above it, or any SQL file in it.
func (c *Config) ForDir(dir string) Scope {
	return c.scope(func(o *Override) bool { return o.holds(dir) || o.holds(filepath.Join(dir, anySQL)) })
}

// ForFile is the scope of a file: of the overrides whose patterns match it or a
// folder above it. Every override of its migration directory is among them.
func (c *Config) ForFile(name string) Scope {
	return c.scope(func(o *Override) bool { return o.holds(name) })
}

func (c *Config) scope(holds func(*Override) bool) Scope {
	var out []string
	for i := range c.Overrides {
		if holds(&c.Overrides[i]) {
			out = append(out, strconv.Itoa(i))
		}
	}
	return Scope(strings.Join(out, " "))
}

// In is the configuration as it holds in a scope. Of several overrides the last wins.
func (c *Config) In(s Scope) *Config {
	if s == "" {
		return c
	}
	out := *c
	out.places = map[string]Place{}
	for key, place := range c.places {
		out.places[key] = place
	}
	for _, o := range c.OverridesOf(s) {
		o.apply(&out)
	}
	return &out
}

// OverridesOf are the overrides of a scope.
func (c *Config) OverridesOf(s Scope) []Override {
	var out []Override
	for word := range strings.FieldsSeq(string(s)) {
		if i, err := strconv.Atoi(word); err == nil && i < len(c.Overrides) {
			out = append(out, c.Overrides[i])
		}
	}
	return out
}

// holds says whether a pattern matches a path, or a folder above it.
func (o *Override) holds(name string) bool {
	rel, is := below(o.root, name)
	return is && slices.ContainsFunc(o.Paths, func(pattern string) bool { return matches(pattern, rel) })
}

func matches(pattern, rel string) bool {
	for ; ; rel = path.Dir(rel) {
		if doublestar.MatchUnvalidated(pattern, rel) {
			return true
		}
		if rel == "." {
			return false
		}
	}
}

// overrides reads the list of overrides.
func (r *reader) overrides(n ast.Node, known Known) []Override {
	var out []Override
	for _, item := range r.list(n, "overrides") {
		o := Override{Place: r.placeOf(item), Own: None(), root: filepath.Dir(r.name), body: item}
		o.Own.places = map[string]Place{}
		o.Paths = r.override(item, o.Own, known)
		if isMapping(item) && valueOf(item, "paths") == nil {
			r.wrongf(item, "an override has no paths: they say what it holds for")
		}
		o.apply = func(to *Config) { (&reader{name: r.name, src: r.src}).override(item, to, known) }
		out = append(out, o)
	}
	return out
}

// override reads one override on top of a configuration, and returns its patterns.
func (r *reader) override(n ast.Node, to *Config, known Known) []string {
	to.elsewhere(valueOf(n, "dialect"))
	to.byAnotherTool(valueOf(n, "layout"))
	var paths []string
	set := r.keys(n, "an override", append(r.settings(to, known), key{"paths", func(n ast.Node) { paths = r.globs(n, "paths") }})...)
	r.note(to, slices.DeleteFunc(slices.Clone(set), func(e entry) bool { return e.name == "paths" }))
	i := slices.IndexFunc(paths, namesFiles)
	for _, e := range set {
		if i >= 0 && e.name != "paths" && e.name != "rules" {
			r.at(e.key, "%s holds for a whole migration directory, but %q names files: name the directory, or set nothing but rules", e.name, paths[i])
		}
	}
	return paths
}

// elsewhere forgets what is about one server where an override is about another kind.
func (c *Config) elsewhere(dialect ast.Node) {
	if name, is := dialect.(*ast.StringNode); !is || c.Dialect == "" || c.Dialect == name.Value {
		return
	}
	c.ServerVersion, c.Schema, c.Stats = "", "", ""
	maps.DeleteFunc(c.places, func(key string, _ Place) bool { return isOfOneServer(key) })
}

// byAnotherTool forgets the version of the migration tool where an override is about another one.
func (c *Config) byAnotherTool(layout ast.Node) {
	if name, is := layout.(*ast.StringNode); is && c.Layout != "" && c.Layout != name.Value {
		c.LayoutVersion = ""
		delete(c.places, "layout-version")
	}
}

// isOfOneServer says whether a setting is about the project's own server.
func isOfOneServer(key string) bool {
	return key == "server-version" || key == "schema" || key == "stats"
}

// namesFiles says whether a pattern is about some files of a folder.
func namesFiles(pattern string) bool {
	last := path.Base(pattern)
	return strings.HasSuffix(strings.ToLower(last), ".sql") && !doublestar.MatchUnvalidated(last, anySQL)
}
