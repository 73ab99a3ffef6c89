// Package token is what the two dialects' lexers have in common: tokens,
// statements and clauses as spans of the source.
package token

import (
	"iter"

	"github.com/safemig/safemig/dialect/change"
)

// Kind says what a token is.
type Kind uint8

// The kinds of token. Together the tokens of a text tile it without a gap.
const (
	Space   Kind = iota // blanks, line ends, a byte-order mark
	Comment             // -- .., # .., /* .. */
	Word                // keyword or bare identifier
	Quoted              // quoted identifier
	String              // string literal of any form, dollar quotes too
	Number
	Param  // $1, ?, :name
	Punct  // one byte of punctuation, or an operator
	End    // the statement's end: ; or the delimiter in force
	Meta   // a client's own line: psql \command, DELIMITER
	Data   // COPY .. FROM stdin data, its \. line included
	Hint   // MySQL: the marks /*!40101 and */ around code that runs
	Broken // an unterminated literal or comment, to the end of the text
)

// Token is a piece of the source.
type Token struct {
	Kind Kind
	Span change.Span
}

// Trivia says whether a parser never sees the token.
func (t Token) Trivia() bool { return t.Kind == Space || t.Kind == Comment || t.Kind == Meta }

// Statement is the tokens of one statement, trivia left out.
type Statement struct {
	Span     change.Span // first to last token, the end mark excluded
	Tokens   []Token     // without Space, Comment, Meta and End
	Comments []change.Comment
	Data     change.Span // COPY data that follows
	TooMuch  string      // why it is not read: it, or what is before it, is too large
}

// Is says whether the token is the word w, which must be given in upper case.
func (t Token) Is(src []byte, w string) bool {
	if t.Kind != Word || t.Span.End-t.Span.Start != len(w) {
		return false
	}
	for i := range len(w) {
		c := src[t.Span.Start+i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != w[i] {
			return false
		}
	}
	return true
}

// IsPunct says whether the token is the punctuation p.
func (t Token) IsPunct(src []byte, p string) bool {
	return t.Kind == Punct && t.Span.Text(src) == p
}

// Words says whether the tokens begin with these words, given in upper case.
func Words(src []byte, toks []Token, words ...string) bool {
	if len(toks) < len(words) {
		return false
	}
	for i, w := range words {
		if !toks[i].Is(src, w) {
			return false
		}
	}
	return true
}

// Outside gives the tokens that stand outside of all brackets, with their places; the
// brackets themselves are not among them.
func Outside(src []byte, toks []Token) iter.Seq2[int, Token] {
	return func(yield func(int, Token) bool) {
		depth := 0
		for i, t := range toks {
			turn := bracket(src, t)
			depth += turn
			if depth == 0 && turn == 0 && !yield(i, t) {
				return
			}
		}
	}
}

// bracket is 1 for one that opens, -1 for one that closes, 0 for what is no bracket.
func bracket(src []byte, t Token) int {
	if t.Kind != Punct {
		return 0
	}
	switch src[t.Span.Start] {
	case '(', '[', '{':
		return 1
	case ')', ']', '}':
		return -1
	}
	return 0
}

// Group is how many tokens a pair of brackets at the start has, with all between.
func Group(src []byte, toks []Token) int {
	depth := 0
	for i, t := range toks {
		if depth += bracket(src, t); depth > 0 {
			continue
		}
		if i == 0 {
			return 0
		}
		return i + 1
	}
	return 0
}

// SplitCommas cuts tokens at the commas outside all brackets. Empty pieces are kept.
func SplitCommas(src []byte, toks []Token) [][]Token {
	var parts [][]Token
	from := 0
	for i, t := range Outside(src, toks) {
		if t.IsPunct(src, ",") {
			parts = append(parts, toks[from:i])
			from = i + 1
		}
	}
	return append(parts, toks[from:])
}

// SpanOf is the span from the first to the last of the tokens.
func SpanOf(toks []Token) change.Span {
	if len(toks) == 0 {
		return change.Span{}
	}
	return change.Span{Start: toks[0].Span.Start, End: toks[len(toks)-1].Span.End}
}
