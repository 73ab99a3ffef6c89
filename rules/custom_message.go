package rules

import (
	"fmt"
	"regexp"
	"strings"
)

// Template is the message of a custom rule, in which {table}, {column} and
// {statement} stand for what was found.
type Template struct{ text string }

func placeholder() *regexp.Regexp { return regexp.MustCompile(`\{[a-z_-]+\}`) }

// NewTemplate reads a message.
func NewTemplate(text string) (Template, error) {
	text = strings.Join(strings.Fields(text), " ")
	for _, found := range placeholder().FindAllString(text, -1) {
		switch found {
		case "{table}", "{column}", "{statement}":
		default:
			return Template{}, fmt.Errorf("%s is none of {table}, {column}, {statement}", found)
		}
	}
	return Template{text}, nil
}

// IsZero says whether there is no message.
func (t Template) IsZero() bool { return t.text == "" }

func (t Template) String() string { return t.text }

func (t Template) fill(table, column, statement string) string {
	return strings.NewReplacer("{table}", orNone(table), "{column}", orNone(column), "{statement}", statement).Replace(t.text)
}

func orNone(name string) string {
	if name == "" {
		return "(none)"
	}
	return name
}

// onOneLine is a statement on one line, and not too much of it.
func onOneLine(text string) string {
	const most = 80
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > most {
		return string(line[:most-2]) + ".."
	}
	return string(line)
}
