package config

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/rules"
)

// file reads the top level. What rules there are to choose from is known only
// when the project's own have been read, wherever they stand.
func (r *reader) file(c *Config, n ast.Node, known Known) {
	if custom := valueOf(n, "custom-rules"); custom != nil {
		c.Custom = append(slices.Clip(c.Custom), r.customRules(custom, slices.Concat(known.Rules, c.Custom))...)
	}
	known.Rules = slices.Concat(known.Rules, c.Custom)
	read := func(ast.Node) {} // above, or before this file
	set := r.keys(n, "the configuration", append(r.settings(c, known),
		key{"paths", func(n ast.Node) { c.Paths = r.paths(n, "paths") }},
		key{"fail-on", r.into(&c.FailOn, "fail-on", []string{"error", "warning", "info"})},
		key{"custom-rules", read},
		key{"suppressions", func(n ast.Node) {
			c.Suppressions = append(slices.Clip(c.Suppressions), r.suppressions(n, known.Rules)...)
		}},
		key{"baseline", func(n ast.Node) { c.Baseline = r.path(n, "baseline") }},
		key{"compat", func(n ast.Node) { c.Compat = r.someOf(n, "compat", known.Linters) }},
		key{"extends", read},
		key{"overrides", func(n ast.Node) { c.Overrides = append(slices.Clip(c.Overrides), r.overrides(n, known)...) }},
	)...)
	r.note(c, set)
}

// settings are the keys that an override may have as well. They change what c
// holds already, and leave what c shares with others as it is.
func (r *reader) settings(c *Config, known Known) []key {
	return []key{
		{"dialect", r.into(&c.Dialect, "dialect", known.Dialects)},
		{"server-version", func(n ast.Node) { c.ServerVersion = r.version(n, "server-version") }},
		{"layout", r.into(&c.Layout, "layout", known.Layouts)},
		{"layout-version", func(n ast.Node) { c.LayoutVersion = r.version(n, "layout-version") }},
		{"schema", func(n ast.Node) { c.Schema = r.path(n, "schema") }},
		{"rules", func(n ast.Node) { c.Choices = r.choices(n, c.Choices, known.Rules) }},
		{"lock-timeout", func(n ast.Node) { c.LockTimeout = r.duration(n, "lock-timeout") }},
		{"statement-timeout", func(n ast.Node) { c.StatementTimeout = r.duration(n, "statement-timeout") }},
		{"small-table", func(n ast.Node) { r.small(&c.Small, n) }},
		{"stats", func(n ast.Node) { c.Stats = r.path(n, "stats") }},
		{"fix", func(n ast.Node) { r.fix(&c.Fix, n, known.Engines) }},
		{"engines", func(n ast.Node) { r.engines(&c.Engines, n, known.Hostings) }},
		{"gates", func(n ast.Node) { r.gates(&c.Gates, n) }},
	}
}

// note keeps where keys are set.
func (r *reader) note(c *Config, set []entry) {
	for _, e := range set {
		c.places[e.name] = Place{r.name, e.key.Position.Line, e.key.Position.Column}
	}
}

func (r *reader) placeOf(n ast.Node) Place {
	at := place(n).Position
	return Place{r.name, at.Line, at.Column}
}

// path is a path, as good as the file's own.
func (r *reader) path(n ast.Node, what string) string {
	v, _ := r.text(n, what)
	return within(filepath.Dir(r.name), v)
}

func (r *reader) paths(n ast.Node, what string) []string {
	out := r.texts(n, what)
	for i := range out {
		out[i] = within(filepath.Dir(r.name), out[i])
	}
	return out
}

func (r *reader) into(to *string, what string, known []string) func(ast.Node) {
	return func(n ast.Node) { *to, _ = r.oneOf(n, what, known) }
}

func (r *reader) version(n ast.Node, what string) string {
	v, ok := r.text(n, what)
	if !ok {
		return ""
	}
	if _, err := fact.Parse(v); err != nil {
		r.wrongf(n, "%v", err)
	}
	return v
}

func (r *reader) texts(n ast.Node, what string) []string {
	var out []string
	for _, item := range r.list(n, what) {
		if v, ok := r.text(item, what); ok {
			out = append(out, v)
		}
	}
	return out
}

// someOf is a list of what is known.
func (r *reader) someOf(n ast.Node, what string, known []string) []string {
	var out []string
	for _, item := range r.list(n, what) {
		if v, ok := r.oneOf(item, what, known); ok {
			out = append(out, v)
		}
	}
	return out
}

// choices reads what the project wants of each rule, on top of what it wanted before.
func (r *reader) choices(n ast.Node, before map[string]rules.Choice, list []*rules.Rule) map[string]rules.Choice {
	out := map[string]rules.Choice{}
	maps.Copy(out, before)
	for _, e := range r.entries(n, "rules") {
		if !slices.ContainsFunc(list, func(rule *rules.Rule) bool { return rule.ID == e.name }) {
			r.at(e.key, "there is no rule %q%s; safemig rules lists them", e.name, rules.Meant(e.name, list))
			continue
		}
		if word, ok := r.oneOf(e.value, e.name, rules.ChoiceWords()); ok {
			out[e.name] = rules.ChoiceNamed(word)
		}
	}
	return out
}
