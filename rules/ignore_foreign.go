package rules

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Note is something about a file that is worth a word, and no finding.
type Note struct {
	Span change.Span
	Text string
}

// Notes are those on the file judged last.
func (c *Checker) Notes() []Note { return c.notes }

// otherTool is another linter, with its comments.
type otherTool struct {
	name string
	// form is a comment of the tool's without its marks: the word that begins it,
	// then the names of checks.
	form  *regexp.Regexp
	wide  string // the word for the whole file, where there is one
	rules map[string][]string
}

func otherTools() []otherTool {
	return []otherTool{
		{"squawk", regexp.MustCompile(`^(squawk-ignore(?:-file)?)(?:\s+(.*))?$`), "squawk-ignore-file", squawkRules()},
		{"atlas", regexp.MustCompile(`^(atlas:nolint)(?:\s+(.*))?$`), "", atlasRules()},
	}
}

// OtherTools are the names of the linters whose comments can be honoured.
func OtherTools() []string {
	var out []string
	for _, t := range otherTools() {
		out = append(out, t.name)
	}
	return out
}

// Counterparts says which of our rules find what each check of another linter finds.
func Counterparts(tool string) map[string][]string {
	for _, t := range otherTools() {
		if t.name == tool {
			return t.rules
		}
	}
	return nil
}

// Honour has the checker honour the comments of other linters.
func (c *Checker) Honour(names []string) {
	c.honoured = slices.DeleteFunc(otherTools(), func(t otherTool) bool { return !slices.Contains(names, t.name) })
}

// readForeign reads a comment for another tool, where the project wants those
// honoured. Those tools ask for no reason.
func (c *Checker) readForeign(comment change.Comment) *mark {
	text := strings.TrimSpace(strings.Trim(strings.TrimSpace(comment.Text), "-/*# \t"))
	for _, t := range c.honoured {
		found := t.form.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		m := &mark{span: comment.Span, wide: found[1] == t.wide, foreign: t.name}
		list, _, _ := strings.Cut(found[2], "--")
		names := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if len(names) == 0 {
			for _, ids := range t.rules { // all that the tool would have said
				m.add(ids)
			}
		}
		for _, name := range names {
			ids, known := t.rules[name]
			if !known {
				c.notes = append(c.notes, Note{comment.Span, t.name + "'s " + name + " is not known here, so nothing is ignored for it"})
			}
			m.add(ids)
		}
		return m
	}
	return nil
}

func (m *mark) add(ids []string) {
	for _, id := range ids {
		m.names = append(m.names, ignoredRule{id: id, span: m.span})
	}
}

// putForeign: Atlas' comment is for the whole file where it stands at its head, with
// an empty line below.
// https://atlasgo.io/versioned/lint#nolint-directive
func (m *mark) putForeign(script *change.Script) {
	if m.foreign == "atlas" && m.stmt == nil {
		first := len(script.Stmts) == 0 || m.span.End <= script.Stmts[0].Span.Start
		m.wide = first && bytes.HasPrefix(bytes.ReplaceAll(script.Src[m.span.End:], []byte("\r"), nil), []byte("\n\n"))
	}
}
