package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/rules"
)

// Rule writes what people should know about a rule.
func Rule(w io.Writer, r *rules.Rule, style Style) error {
	t := ruleText{style: style, palette: newPalette(style.Color)}
	_, err := io.WriteString(w, t.page(r))
	return err
}

// RuleConcise writes a rule on one line.
func RuleConcise(w io.Writer, r *rules.Rule, style Style) error {
	p := newPalette(style.Color)
	_, err := fmt.Fprintf(w, "%s: %s: %s\n", p.rule.Sprint(r.ID), p.inForce(r, 0), oneLine(r.Doc.Title))
	return err
}

type ruleText struct {
	style   Style
	palette palette
	b       strings.Builder
}

func (t *ruleText) page(r *rules.Rule) string {
	t.b.WriteString(t.palette.bold.Sprint(r.ID) + "\n")
	t.paragraph(r.Doc.Title)
	t.b.WriteByte('\n')
	t.property("severity", t.palette.inForce(r, 0)+", "+string(r.Family))
	t.property("servers", Several(names(dialectsOf(r))))
	if r.Recipe != "" {
		t.property("recipe", r.Recipe)
	}
	t.section("Why", r.Doc.Why)
	t.section("Instead", r.Doc.Instead)
	t.examples(r, "Found", r.Doc.Bad)
	t.examples(r, "Not found", r.Doc.Good)
	t.list("References", append(append([]string{}, r.Doc.Refs...), RuleURL(r.ID, r.Custom)))
	t.list("In other tools", r.Doc.Aliases)
	return t.b.String()
}

const pageIndent = "  "

func (t *ruleText) heading(title string) {
	t.b.WriteString("\n" + t.palette.label.Sprint(title) + "\n")
}

func (t *ruleText) paragraph(text string) {
	for _, line := range wrap(text, t.style.width()-len(pageIndent)) {
		t.b.WriteString(strings.TrimRight(pageIndent+line, " ") + "\n")
	}
}

func (t *ruleText) property(name, value string) {
	t.b.WriteString(pageIndent + pad(name, len("severity")) + "  " + value + "\n")
}

func (t *ruleText) section(title, text string) {
	if text == "" {
		return
	}
	t.heading(title)
	t.paragraph(text)
}

func (t *ruleText) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	t.heading(title)
	for _, item := range items {
		t.b.WriteString(pageIndent + clean(item) + "\n")
	}
}

func (t *ruleText) examples(r *rules.Rule, title string, list []rules.Example) {
	for _, e := range list {
		t.heading(title + exampleWhere(r, e))
		files := exampleFiles(e)
		for _, f := range files {
			if len(files) > 1 {
				t.b.WriteString(pageIndent + t.palette.gutter.Sprint(f.about) + "\n")
			}
			for line := range strings.SplitSeq(strings.Trim(clean(f.sql), "\n"), "\n") {
				t.b.WriteString(strings.TrimRight(pageIndent+pageIndent+line, " ") + "\n")
			}
		}
	}
}

// exampleWhere says for which server an example is, and how it is run, where
// that is not what one expects.
func exampleWhere(r *rules.Rule, e rules.Example) string {
	var parts []string
	if dialect := exampleDialect(r, e); dialect != dialectsOf(r)[0] || e.Version != "" {
		parts = append(parts, strings.TrimSpace(fact.DialectName(dialect)+" "+e.Version))
	}
	if e.Tx {
		parts = append(parts, "the tool opens a transaction")
	}
	return inBrackets(parts)
}

type exampleFile struct{ about, sql string }

// exampleFiles are the files of an example, each with what it is.
func exampleFiles(e rules.Example) []exampleFile {
	var out []exampleFile
	if e.Before != "" {
		out = append(out, exampleFile{"-- an earlier file", e.Before})
	}
	if e.Was != "" {
		out = append(out, exampleFile{"-- on the branch to merge into", e.Was})
	}
	if len(e.Files) == 0 {
		out = append(out, exampleFile{"-- now", "-- deleted"})
	}
	for i, sql := range e.Files {
		about := "-- this file"
		if len(e.Files) > 1 {
			about = fmt.Sprintf("-- file %d", i+1)
		}
		out = append(out, exampleFile{about, sql})
	}
	return out
}

func names(dialects []string) []string {
	out := make([]string, 0, len(dialects))
	for _, d := range dialects {
		out = append(out, fact.DialectName(d))
	}
	return out
}
