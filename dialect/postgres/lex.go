// Package postgres reads PostgreSQL's SQL: its lexer says where things stand,
// its converter says what a statement changes, and its facts say what that locks.
package postgres

import (
	"bytes"
	"iter"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

const byteOrderMark = "\xef\xbb\xbf"

// lexer cuts a text into tokens. It follows the server's own scanner with
// standard_conforming_strings on, and psql where psql reads what the server
// never sees: backslash commands and COPY data.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html
type lexer struct {
	src      []byte
	pos, end int
	start    int // of the text
	cut      cutter
	copying  bool // COPY .. FROM stdin has ended: data starts on the next line
}

// Lex cuts the part of src that at covers into tokens. They tile it exactly,
// whatever its bytes are.
func Lex(src []byte, at change.Span) []token.Token {
	at = clamp(at, len(src))
	return slices.AppendSeq(make([]token.Token, 0, (at.End-at.Start)/3+8), Tokens(src, at))
}

// Tokens are the tokens of Lex one by one: those of a large file are many times its size.
func Tokens(src []byte, at change.Span) iter.Seq[token.Token] {
	return func(yield func(token.Token) bool) {
		at = clamp(at, len(src))
		l := &lexer{src: src, pos: at.Start, end: at.End, start: at.Start}
		for more := true; more && l.pos < l.end; {
			more = yield(l.next())
		}
	}
}

// clamp keeps a span inside a text of n bytes.
func clamp(s change.Span, n int) change.Span {
	s.Start = min(max(s.Start, 0), n)
	s.End = min(max(s.End, s.Start), n)
	return s
}

// next reads a token, and turns a semicolon that ends the statement into its end mark.
func (l *lexer) next() token.Token {
	start := l.pos
	kind := l.scan()
	t := token.Token{Kind: kind, Span: change.Span{Start: start, End: l.pos}}
	switch {
	case kind == token.End: // psql's \;
		l.cut = cutter{}
	case kind == token.Meta:
		text := t.Span.Text(l.src)
		if endsStatement(text) {
			l.cut = cutter{}
		}
		l.copying = readsData(text)
	case !t.Trivia() && kind != token.Data:
		if l.cut.feed(l.src, t) {
			t.Kind = token.End
			l.copying = l.cut.stdin
			l.cut = cutter{}
		} else {
			l.copying = false
		}
	}
	return t
}

// scan moves past one token and says what it is. It always moves.
func (l *lexer) scan() token.Kind {
	c := l.src[l.pos]
	switch {
	case l.copying && l.onNewLine():
		return l.scanData()
	case isSpace(c):
		return l.scanSpace()
	case isWordStart(c):
		return l.scanWord()
	case isDigit(c), c == '.' && isDigit(l.peek(1)):
		return l.scanNumber()
	}
	switch c {
	case '\'':
		return l.scanQuote(1, '\'', false, token.String)
	case '"':
		return l.scanQuote(1, '"', false, token.Quoted)
	case '$':
		return l.scanDollar()
	case '\\':
		return l.scanMeta()
	case '-':
		if l.peek(1) == '-' {
			return l.scanLineComment()
		}
	case '/':
		if l.peek(1) == '*' {
			return l.scanBlockComment()
		}
	}
	return l.scanPunct()
}

// peek is the byte n places ahead, 0 behind the end.
func (l *lexer) peek(n int) byte {
	if l.pos+n >= l.end {
		return 0
	}
	return l.src[l.pos+n]
}

// onNewLine says whether the token before ended a line.
func (l *lexer) onNewLine() bool {
	return l.pos > 0 && l.src[l.pos-1] == '\n'
}

// scanSpace moves past blanks; past the first line end only, where data follows it.
func (l *lexer) scanSpace() token.Kind {
	for l.pos < l.end && isSpace(l.src[l.pos]) {
		l.pos++
		if l.copying && l.src[l.pos-1] == '\n' {
			break
		}
	}
	return token.Space
}

// scanWord moves past a keyword or identifier, or the literal that a prefix
// such as E” opens.
func (l *lexer) scanWord() token.Kind {
	if l.pos == l.start && bytes.HasPrefix(l.src[l.pos:l.end], []byte(byteOrderMark)) {
		l.pos += len(byteOrderMark)
		return token.Space
	}
	switch l.src[l.pos] | 0x20 {
	case 'e':
		if l.peek(1) == '\'' {
			return l.scanQuote(2, '\'', true, token.String)
		}
	case 'b', 'x', 'n':
		if l.peek(1) == '\'' {
			return l.scanQuote(2, '\'', false, token.String)
		}
	case 'u':
		if l.peek(1) == '&' && l.peek(2) == '\'' {
			return l.scanQuote(3, '\'', false, token.String)
		}
		if l.peek(1) == '&' && l.peek(2) == '"' {
			return l.scanQuote(3, '"', false, token.Quoted)
		}
	}
	for l.pos < l.end && isWordPart(l.src[l.pos]) {
		l.pos++
	}
	return token.Word
}

func isSpace(c byte) bool {
	return c == ' ' || c >= '\t' && c <= '\r'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWordStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
}

func isWordPart(c byte) bool {
	return isWordStart(c) || isDigit(c) || c == '$'
}
