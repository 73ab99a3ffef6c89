package ledger

import (
	"encoding/json"
	"regexp"
	"strings"
)

// emitter writes YAML: statements as blocks that people can read, everything
// that could mean something else in quotes.
type emitter struct{ out strings.Builder }

// key writes a key with its value, where there is one.
func (e *emitter) key(indent int, name, value string) {
	if value != "" {
		e.out.WriteString(strings.Repeat(" ", indent) + name + ": " + scalar(indent, value) + "\n")
	}
}

// flag writes a key that is true.
func (e *emitter) flag(indent int, name string, value bool) {
	if value {
		e.out.WriteString(strings.Repeat(" ", indent) + name + ": true\n")
	}
}

// list writes a key with a list, where there is one.
func (e *emitter) list(indent int, name string, values []string) {
	if len(values) == 0 {
		return
	}
	e.out.WriteString(strings.Repeat(" ", indent) + name + ":\n")
	for _, v := range values {
		e.out.WriteString(strings.Repeat(" ", indent+2) + "- " + scalar(indent+2, v) + "\n")
	}
}

// scalar is a text as YAML: as it is where that is safe, as a block where it has
// lines, else in quotes. JSON's quotes are YAML's too.
// https://yaml.org/spec/1.2.2/#double-quoted-style
func scalar(indent int, text string) string {
	switch {
	case isPlain(text):
		return text
	case isBlock(text):
		margin := "\n" + strings.Repeat(" ", indent+2)
		return "|-" + margin + strings.ReplaceAll(text, "\n", margin)
	}
	var quoted strings.Builder
	to := json.NewEncoder(&quoted)
	to.SetEscapeHTML(false)
	if err := to.Encode(text); err != nil {
		return `""` // no text is refused by JSON
	}
	return strings.TrimSuffix(quoted.String(), "\n")
}

// isPlain says whether YAML reads a text without quotes as that text. A dot
// begins a path only: .0 is a number.
func isPlain(text string) bool {
	plain := regexp.MustCompile(`^(?:[A-Za-z/_]|\.\.?/)[-A-Za-z0-9 ./_()=,+]*$`).MatchString(text)
	switch strings.ToLower(text) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return false
	}
	return plain && strings.TrimSpace(text) == text
}

// isBlock says whether every line is one that a block keeps as it is.
func isBlock(text string) bool {
	if !strings.Contains(text, "\n") || strings.ContainsAny(text, "\r\t\\#") || text[0] == ' ' || text[0] == '\n' || strings.HasSuffix(text, "\n") {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || strings.TrimRight(line, " ") != line {
			return false
		}
		for _, r := range line {
			if r < ' ' || r > '~' {
				return false
			}
		}
	}
	return true
}

func (p *Plan) emit() string {
	var e emitter
	e.out.WriteString("# Written by safemig fix. safemig status says what is left of it.\nversion: 1\n")
	e.key(0, "name", p.Name)
	e.key(0, "source", p.Source)
	e.key(0, "dialect", p.Dialect)
	e.key(0, "layout", p.Layout)
	e.key(0, "created", string(p.Created))
	e.key(0, "deadline", string(p.Deadline))
	e.out.WriteString("steps:\n")
	for i := range p.Steps {
		p.Steps[i].emit(&e)
	}
	e.list(0, "notes", p.Notes)
	if len(p.History) > 0 {
		e.out.WriteString("history:\n")
	}
	for i := range p.History {
		p.History[i].emit(&e)
	}
	return e.out.String()
}

func (s *Step) emit(e *emitter) {
	e.out.WriteString("  - phase: " + s.Phase + "\n")
	e.key(4, "title", s.Title)
	e.list(4, "files", s.Files)
	e.flag(4, "waits", s.Waits)
	e.list(4, "requires", s.Requires)
	if b := s.Backfill; b != nil {
		e.out.WriteString("    backfill:\n")
		e.key(6, "name", b.Name)
		e.key(6, "table", b.Table)
		e.list(6, "key", b.Key)
		e.key(6, "set", b.Set)
		e.key(6, "where", b.Where)
		e.key(6, "sql", b.SQL)
	}
	if s.Engine != nil {
		s.Engine.emit(e)
	}
	e.list(4, "rollback", s.Rollback)
	e.flag(4, "rollback-one-by-one", s.RollbackEach)
	e.key(4, "cannot-be-undone", s.Final)
	e.key(4, "left-as-it-is", s.Left)
}
