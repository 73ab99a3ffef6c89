package config

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/goccy/go-yaml/ast"

	"github.com/safemig/safemig/rules"
)

// Suppression takes what rules find in some files out of the judgement: for files
// that must not change any more, not even in a comment.
type Suppression struct {
	Files  []string // patterns, with slashes, from the folder of its file on
	Rules  []string
	Reason string
	Until  string // the last day on which it holds, as 2026-12-31; empty: for ever
	Place  Place

	root string // folder that the patterns begin in
}

// Holds says whether the suppression is for a file.
func (s *Suppression) Holds(name string) bool {
	rel, is := below(s.root, name)
	return is && slices.ContainsFunc(s.Files, func(pattern string) bool { return matches(pattern, rel) })
}

// Folders are where files lie that the suppression may be for. One that is for a
// single path has just that.
func (s *Suppression) Folders() (out []string, single bool) {
	single = true
	for _, pattern := range s.Files {
		if strings.ContainsAny(pattern, `*?[{\`) {
			single = false
			pattern, _ = doublestar.SplitPattern(pattern)
		}
		out = append(out, within(s.root, pattern))
	}
	return out, single
}

// below is a path as seen from a folder that it lies in.
func below(root, name string) (rel string, is bool) {
	root, errRoot := filepath.Abs(root)
	abs, errName := filepath.Abs(filepath.FromSlash(name))
	if errRoot != nil || errName != nil {
		return "", false // there is no working directory, and nothing was read
	}
	rel, err := filepath.Rel(root, abs)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

func (r *reader) suppressions(n ast.Node, known []*rules.Rule) []Suppression {
	var out []Suppression
	for _, item := range r.list(n, "suppressions") {
		s := Suppression{Place: r.placeOf(item), root: filepath.Dir(r.name)}
		before := len(r.wrong)
		r.keys(item, "a suppression",
			key{"file", func(n ast.Node) { s.Files = r.globs(n, "file") }},
			key{"rule", func(n ast.Node) { s.Rules = r.ruleIDs(n, known) }},
			key{"reason", func(n ast.Node) { s.Reason, _ = r.text(n, "reason") }},
			key{"until", func(n ast.Node) { s.Until = r.day(n, "until") }},
		)
		for _, missing := range []struct {
			key, why string
			is       bool
		}{
			{"file", "which file is it for?", len(s.Files) == 0},
			{"rule", "it names each rule that it is for", len(s.Rules) == 0},
			{"reason", "who reads it in a year must know why a warning was passed over", strings.TrimSpace(s.Reason) == ""},
		} {
			if missing.is && len(r.wrong) == before {
				r.wrongf(item, "a suppression has no %s: %s", missing.key, missing.why)
			}
		}
		out = append(out, s)
	}
	return out
}

// ruleIDs are names of rules that there are.
func (r *reader) ruleIDs(n ast.Node, known []*rules.Rule) []string {
	var out []string
	for _, item := range r.list(n, "rule") {
		id, ok := r.text(item, "rule")
		switch {
		case !ok:
		case !slices.ContainsFunc(known, func(rule *rules.Rule) bool { return rule.ID == id }):
			r.wrongf(item, "there is no rule %q%s; safemig rules lists them", id, rules.Meant(id, known))
		default:
			out = append(out, id)
		}
	}
	return out
}

func (r *reader) day(n ast.Node, what string) string {
	text, ok := r.text(n, what)
	if ok && !rules.IsDay(text) {
		r.wrongf(n, "%s %q is no day such as 2026-12-31", what, text)
	}
	return text
}

// globs are patterns of paths below the folder of the file.
func (r *reader) globs(n ast.Node, what string) []string {
	var out []string
	for _, item := range r.list(n, what) {
		text, ok := r.text(item, what)
		if !ok {
			continue
		}
		pattern := path.Clean(filepath.ToSlash(text))
		switch {
		case !doublestar.ValidatePattern(pattern):
			r.wrongf(item, "%s %q is no pattern: a bracket or brace is not closed", what, text)
		case path.IsAbs(pattern) || pattern == ".." || strings.HasPrefix(pattern, "../"):
			r.wrongf(item, "%s %q leads out of the folder of %s: patterns are relative to it", what, text, path.Base(filepath.ToSlash(r.name)))
		default:
			out = append(out, pattern)
		}
	}
	return out
}
