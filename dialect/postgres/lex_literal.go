package postgres

import (
	"bytes"

	"github.com/safemig/safemig/dialect/token"
)

// scanQuote moves past a literal that opens with skip bytes and ends at a
// quote that is not doubled. Backslashes escape only in E”.
func (l *lexer) scanQuote(skip int, quote byte, escapes bool, kind token.Kind) token.Kind {
	l.pos += skip
	for l.pos < l.end {
		c := l.src[l.pos]
		l.pos++
		switch {
		case c == '\\' && escapes:
			l.pos = min(l.pos+1, l.end)
		case c == quote && l.peek(0) == quote:
			l.pos++
		case c == quote:
			return kind
		}
	}
	return token.Broken
}

// scanDollar moves past $1, a dollar-quoted string, or a lone dollar.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-DOLLAR-QUOTING
func (l *lexer) scanDollar() token.Kind {
	if isDigit(l.peek(1)) {
		l.pos++
		l.skipDigits()
		return token.Param
	}
	tag := l.dollarTag()
	if tag == nil {
		l.pos++
		return token.Punct
	}
	body := l.pos + len(tag)
	i := bytes.Index(l.src[body:l.end], tag)
	if i < 0 {
		l.pos = l.end
		return token.Broken
	}
	l.pos = body + i + len(tag)
	return token.String
}

// dollarTag is the opening mark of a dollar quote at the current position, or
// nil: the tag is an identifier without dollar signs, or empty.
func (l *lexer) dollarTag() []byte {
	i := l.pos + 1
	if i < l.end && isWordStart(l.src[i]) {
		for i < l.end && l.src[i] != '$' && isWordPart(l.src[i]) {
			i++
		}
	}
	if i < l.end && l.src[i] == '$' {
		return l.src[l.pos : i+1]
	}
	return nil
}

func (l *lexer) skipDigits() {
	for l.pos < l.end && (isDigit(l.src[l.pos]) || l.src[l.pos] == '_') {
		l.pos++
	}
}

// scanNumber moves past 1, 1_000, 0xFF, 1.5, .5 and 1e-5; in 1..10 it stops
// before the dots.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS-NUMERIC
func (l *lexer) scanNumber() token.Kind {
	if l.src[l.pos] == '0' && l.isRadix(l.peek(1)|0x20, l.peek(2)) {
		l.pos += 2
		for l.pos < l.end && (isHex(l.src[l.pos]) || l.src[l.pos] == '_') {
			l.pos++
		}
		return token.Number
	}
	l.skipDigits()
	if l.peek(0) == '.' && l.peek(1) != '.' {
		l.pos++
		l.skipDigits()
	}
	l.skipExponent()
	return token.Number
}

// isRadix says whether a zero, this letter and this digit open a number.
func (l *lexer) isRadix(letter, digit byte) bool {
	switch letter {
	case 'x':
		return isHex(digit) || digit == '_'
	case 'o', 'b':
		return isDigit(digit) || digit == '_'
	}
	return false
}

func (l *lexer) skipExponent() {
	if l.peek(0)|0x20 != 'e' {
		return
	}
	n := 1
	if s := l.peek(1); s == '+' || s == '-' {
		n = 2
	}
	if isDigit(l.peek(n)) {
		l.pos += n
		l.skipDigits()
	}
}

func isHex(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
}

func (l *lexer) scanLineComment() token.Kind {
	for l.pos < l.end && l.src[l.pos] != '\n' && l.src[l.pos] != '\r' {
		l.pos++
	}
	return token.Comment
}

// scanBlockComment moves past a comment; they nest.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-COMMENTS
func (l *lexer) scanBlockComment() token.Kind {
	depth := 0
	for l.pos < l.end {
		switch {
		case l.src[l.pos] == '/' && l.peek(1) == '*':
			depth++
			l.pos += 2
		case l.src[l.pos] == '*' && l.peek(1) == '/':
			depth--
			l.pos += 2
			if depth == 0 {
				return token.Comment
			}
		default:
			l.pos++
		}
	}
	return token.Broken
}

// scanPunct moves past an operator as the server cuts it, or one byte.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS
func (l *lexer) scanPunct() token.Kind {
	if l.peek(0) == ':' && (l.peek(1) == ':' || l.peek(1) == '=') {
		l.pos += 2
		return token.Punct
	}
	start := l.pos
	special := false
	for l.pos < l.end && isOperator(l.src[l.pos]) && !l.atComment() {
		special = special || isSpecial(l.src[l.pos])
		l.pos++
	}
	// A name of several characters may end in + or - only with a special one in it.
	for l.pos-start > 1 && !special && (l.src[l.pos-1] == '+' || l.src[l.pos-1] == '-') {
		l.pos--
	}
	if l.pos == start {
		l.pos++
	}
	return token.Punct
}

func (l *lexer) atComment() bool {
	c, d := l.src[l.pos], l.peek(1)
	return c == '-' && d == '-' || c == '/' && d == '*'
}

func isOperator(c byte) bool {
	switch c {
	case '+', '-', '*', '/', '<', '>', '=':
		return true
	}
	return isSpecial(c)
}

func isSpecial(c byte) bool {
	switch c {
	case '~', '!', '@', '#', '%', '^', '&', '|', '`', '?':
		return true
	}
	return false
}
