package delivery

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// expression evaluates what action.yml has between ${{ and }}: names, texts, always(),
// ==, !=, && and ||. A value is text, and false is empty; whatever else it would take to
// be GitHub is an error, so that action.yml stays within what is tested.
// https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
func expression(text string, lookup func(string) (string, error)) (string, error) {
	e := &expressionReader{words: expressionWord().FindAllString(text, -1), lookup: lookup}
	if strings.Join(e.words, "") != strings.ReplaceAll(text, " ", "") {
		return "", fmt.Errorf("expression %q is not understood", text)
	}
	value := e.either()
	if e.err == nil && len(e.words) > 0 {
		e.err = fmt.Errorf("expression %q ends before %q", text, e.words[0])
	}
	return value, e.err
}

func expressionWord() *regexp.Regexp {
	return regexp.MustCompile(`'[^' ]*'|always\(\)|[\w.-]+|==|!=|&&|\|\|`)
}

type expressionReader struct {
	words  []string
	lookup func(string) (string, error)
	err    error
}

func (e *expressionReader) take(word string) bool {
	if len(e.words) > 0 && e.words[0] == word {
		e.words = e.words[1:]
		return true
	}
	return false
}

func (e *expressionReader) either() string {
	value := e.both()
	for e.take("||") {
		if next := e.both(); value == "" {
			value = next
		}
	}
	return value
}

func (e *expressionReader) both() string {
	value := e.compared()
	for e.take("&&") {
		if next := e.compared(); value != "" {
			value = next
		}
	}
	return value
}

func (e *expressionReader) compared() string {
	value := e.value()
	switch {
	case e.take("=="):
		return truth(value == e.value())
	case e.take("!="):
		return truth(value != e.value())
	}
	return value
}

func truth(is bool) string {
	if is {
		return "true"
	}
	return ""
}

func (e *expressionReader) value() string {
	if len(e.words) == 0 {
		return ""
	}
	word := e.words[0]
	e.words = e.words[1:]
	switch {
	case word == "always()":
		return "true"
	case strings.HasPrefix(word, "'"):
		return strings.Trim(word, "'")
	}
	value, err := e.lookup(word)
	if err != nil && e.err == nil {
		e.err = err
	}
	return value
}

// interpolated replaces the expressions in a text.
func interpolated(text string, lookup func(string) (string, error)) (string, error) {
	var failed error
	out := regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`).ReplaceAllStringFunc(text, func(s string) string {
		value, err := expression(strings.TrimSpace(s[3:len(s)-2]), lookup)
		if err != nil {
			failed = err
		}
		return value
	})
	return out, failed
}

func TestExpression(t *testing.T) {
	lookup := func(name string) (string, error) { return map[string]string{"a": "x", "b.c": ""}[name], nil }
	for text, want := range map[string]string{
		"a": "x", "b.c || a": "x", "a || b.c": "x", "a == 'x' && b.c != ''": "", "always() && a == 'x' && b.c == ''": "true",
	} {
		if got, err := expression(text, lookup); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
	if _, err := expression("format('{0}', a)", lookup); err == nil {
		t.Error("an expression that is not understood has a value")
	}
}
