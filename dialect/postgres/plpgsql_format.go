package postgres

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// format adds the value of format('..', arguments); false where the first
// argument is not constant.
// https://www.postgresql.org/docs/current/functions-string.html#FUNCTIONS-STRING-FORMAT
func (v variables) format(m *madeText, args []tokens) bool {
	pattern := v.textOf(args[0])
	if !pattern.known || pattern.loose {
		return false
	}
	f := formatter{madeText: m, vars: v, pattern: pattern.Made, args: args[1:]}
	return f.run()
}

// formatter writes a pattern with its arguments.
type formatter struct {
	*madeText
	vars    variables
	pattern token.Made
	args    []tokens
	next    int // the argument that is taken where the text numbers none
}

func (f *formatter) run() bool {
	text := string(f.pattern.Text)
	start := 0
	for {
		i := strings.IndexByte(text[start:], '%')
		if i < 0 {
			break
		}
		f.AddPart(f.pattern, change.Span{Start: start, End: start + i})
		n, ok := f.verb(start+i, text[start+i:])
		if !ok {
			return false
		}
		start += i + n
	}
	f.AddPart(f.pattern, change.Span{Start: start, End: len(text)})
	f.known = true
	return true
}

// verb writes %[n$][-][width]type at an offset of the pattern, and returns its length.
func (f *formatter) verb(at int, text string) (n int, ok bool) {
	n = 1
	for n < len(text) && (isDigit(text[n]) || text[n] == '$' || text[n] == '-') {
		n++
	}
	if n == len(text) {
		return 0, false
	}
	kind := text[n]
	n++
	from := f.pattern.Place(change.Span{Start: at, End: at + n})
	switch kind {
	case '%':
		f.Put("%", from)
		return n, true
	case 's', 'I', 'L':
	default: // %*s: a width that an argument gives
		return 0, false
	}
	if number, _, numbered := strings.Cut(text[1:n-1], "$"); numbered {
		k, err := strconv.Atoi(number)
		if err != nil {
			return 0, false
		}
		f.next = k - 1
	}
	if f.next < 0 || f.next >= len(f.args) {
		return 0, false
	}
	arg := f.args[f.next]
	f.next++
	f.formatted(f.vars.textOf(arg), arg, kind, from)
	return n, true
}

// formatted adds an argument as an identifier, as a literal, or as it is. All
// of it comes from one place.
func (m *madeText) formatted(value madeText, arg tokens, kind byte, from change.Span) {
	text := string(value.Text)
	constant := value.known && !value.loose
	if !constant {
		text = placeholderOf(arg)
		m.loose = m.loose || kind == 's'
	}
	switch {
	case kind == 'I' && constant:
		text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	case kind == 'L':
		text = "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	m.known = m.known || constant
	m.Put(text, from)
}
