package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// Tokens are the tokens of a text, without those that a parser never sees.
func (Text) Tokens(text string) []token.Token {
	src := []byte(text)
	var out []token.Token
	for _, t := range Lex(src, change.Span{End: len(src)}) {
		if !t.Trivia() {
			out = append(out, t)
		}
	}
	return out
}
