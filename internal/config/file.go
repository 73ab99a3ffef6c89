package config

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/nearest"
	"github.com/safemig/safemig/rules"
)

// file reads the top level. What rules there are to choose from is known only
// when the project's own have been read, wherever they stand.
func (r *reader) file(c *Config, n ast.Node, known Known) {
	var choices ast.Node
	set := r.keys(n, "the configuration",
		key{"dialect", r.into(&c.Dialect, "dialect", known.Dialects)},
		key{"server-version", func(n ast.Node) { c.ServerVersion = r.version(n) }},
		key{"layout", r.into(&c.Layout, "layout", known.Layouts)},
		key{"schema", func(n ast.Node) { c.Schema, _ = r.text(n, "schema") }},
		key{"paths", func(n ast.Node) { c.Paths = r.texts(n, "paths") }},
		key{"rules", func(n ast.Node) { choices = n }},
		key{"fail-on", r.into(&c.FailOn, "fail-on", []string{"error", "warning", "info"})},
		key{"lock-timeout", func(n ast.Node) { c.LockTimeout = r.duration(n, "lock-timeout") }},
		key{"statement-timeout", func(n ast.Node) { c.StatementTimeout = r.duration(n, "statement-timeout") }},
		key{"small-table", func(n ast.Node) { r.small(&c.Small, n) }},
		key{"stats", func(n ast.Node) { c.Stats, _ = r.text(n, "stats") }},
		key{"fix", func(n ast.Node) { r.fix(&c.Fix, n, known.Engines) }},
		key{"engines", func(n ast.Node) { r.engines(&c.Engines, n, known.Hostings) }},
		key{"custom-rules", func(n ast.Node) { c.Custom = r.customRules(n, known.Rules) }},
	)
	if choices != nil {
		c.Choices = r.choices(choices, slices.Concat(known.Rules, c.Custom))
	}
	for _, e := range set {
		c.lines[e.name] = e.key.Position.Line
	}
}

func (r *reader) into(to *string, what string, known []string) func(ast.Node) {
	return func(n ast.Node) { *to, _ = r.oneOf(n, what, known) }
}

func (r *reader) version(n ast.Node) string {
	v, ok := r.text(n, "server-version")
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

// choices reads what the project wants of each rule.
func (r *reader) choices(n ast.Node, list []*rules.Rule) map[string]rules.Choice {
	out := map[string]rules.Choice{}
	for _, e := range r.entries(n, "rules") {
		if !slices.ContainsFunc(list, func(rule *rules.Rule) bool { return rule.ID == e.name }) {
			r.at(e.key, "there is no rule %q%s; safemig rules lists them", e.name, suggestion(e.name, list))
			continue
		}
		if word, ok := r.oneOf(e.value, e.name, rules.ChoiceWords()); ok {
			out[e.name] = rules.ChoiceNamed(word)
		}
	}
	return out
}

// suggestion is our own name of a rule that another tool calls so, else the
// nearest name.
func suggestion(name string, list []*rules.Rule) string {
	var ids, same []string
	for _, r := range list {
		ids = append(ids, r.ID)
		if slices.Contains(r.Doc.Aliases, name) {
			same = append(same, r.ID)
		}
	}
	if len(same) > 0 {
		return ": what another tool calls so is " + strings.Join(same, ", ")
	}
	return nearest.DidYouMean(name, ids)
}
