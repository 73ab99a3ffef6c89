package leftover

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// sqlText is a dialect's way with SQL text.
type sqlText interface {
	Tokens(text string) []token.Token
	QuoteName(n change.Name) string
}

// word is a token as the server reads it: a bare word in lower case, a name in quotes
// without them.
type word struct {
	text   string
	quoted bool
	kind   token.Kind
}

func (w word) is(keyword string) bool { return !w.quoted && w.text == keyword }

func (w word) isName() bool { return w.kind == token.Word || w.kind == token.Quoted }

// wordsOf are the tokens of a text. An assignment's sign is one word, however it is cut.
func wordsOf(sql sqlText, text string) []word {
	var out []word
	src := []byte(text)
	for _, t := range sql.Tokens(text) {
		w := word{text: t.Span.Text(src), kind: t.Kind}
		switch {
		case t.Kind == token.Word:
			w.text = strings.ToLower(w.text)
		case t.Kind == token.Quoted:
			w.text, w.quoted = unquoted(w.text), true
		case w.text == "=" && len(out) > 0 && out[len(out)-1].text == ":":
			out = out[:len(out)-1]
			w.text = ":="
		}
		out = append(out, w)
	}
	return out
}

// unquoted is what stands in the quotes of a name or a literal.
func unquoted(text string) string {
	if len(text) < 2 {
		return text
	}
	if text[0] == '$' {
		if end := strings.IndexByte(text[1:], '$') + 2; len(text) >= 2*end {
			return text[end : len(text)-end]
		}
		return text
	}
	q := text[len(text)-1:]
	from := strings.Index(text, q) // E'..', U&".."
	if from == len(text)-1 {
		return text
	}
	return strings.ReplaceAll(text[from+1:len(text)-1], q+q, q)
}

// bodyOf is the code in a CREATE FUNCTION: its longest literal.
func bodyOf(sql sqlText, create string) string {
	longest := ""
	for _, t := range sql.Tokens(create) {
		if s := t.Span.Text([]byte(create)); t.Kind == token.String && len(s) > len(longest) {
			longest = s
		}
	}
	return unquoted(longest)
}
