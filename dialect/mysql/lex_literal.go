package mysql

import (
	"bytes"

	"github.com/safemig/safemig/dialect/token"
)

// literal moves over a string, a quoted identifier, a number or a parameter.
func (s *scanner) literal() (token.Kind, bool) {
	c := s.at(0)
	switch {
	case c == '`':
		return s.quoted('`', token.Quoted), true
	case c == '\'':
		return s.quoted('\'', token.String), true
	case c == '"' && s.opt.AnsiQuotes:
		return s.quoted('"', token.Quoted), true
	case c == '"':
		return s.quoted('"', token.String), true
	case c == '?':
		s.pos++
		return token.Param, true
	case c == '@':
		return s.variable()
	case c == '.' && isDigit(s.at(1)) && !s.dot && !s.afterName():
		s.number()
		return token.Number, true
	}
	return 0, false
}

// afterName says whether the byte before is part of a name, so that a dot here
// parts a schema from a table, and does not begin the number .5.
func (s *scanner) afterName() bool {
	return s.pos > 0 && (isIdent(s.src[s.pos-1]) || s.src[s.pos-1] == '`' || s.src[s.pos-1] == '"')
}

// quoted moves over a quoted text; a doubled quote and, in strings, a
// backslash take away the quote's meaning.
func (s *scanner) quoted(q byte, kind token.Kind) token.Kind {
	escapes := kind == token.String && !s.opt.NoBackslashEscapes
	for i := s.pos + 1; i < s.end; i++ {
		switch {
		case s.src[i] == '\\' && escapes:
			i++
		case s.src[i] == q && i+1 < s.end && s.src[i+1] == q:
			i++
		case s.src[i] == q:
			s.pos = i + 1
			return kind
		}
	}
	s.pos = s.end
	return token.Broken
}

// variable moves over @x, @'x', @`x`, @@x, @@session.x; a lone @ is punctuation.
func (s *scanner) variable() (token.Kind, bool) {
	n := 1
	if s.at(n) == '@' {
		n++
	}
	switch c := s.at(n); {
	case c == '\'' || c == '"' || c == '`':
		s.pos += n
		if k := s.quoted(c, token.String); k == token.Broken {
			return k, true
		}
		return token.Param, true
	case !isIdent(c):
		return 0, false
	}
	for isIdent(s.at(n)) || s.at(n) == '.' {
		n++
	}
	s.pos += n
	return token.Param, true
}

// word moves over a keyword, a bare identifier, a number, or a string with the
// prefix N, X, B or a character set (_utf8mb4'..').
func (s *scanner) word() (token.Kind, bool) {
	c := s.at(0)
	if !isIdent(c) {
		return 0, false
	}
	if isDigit(c) && !s.dot && s.isNumber() {
		s.number()
		return token.Number, true
	}
	n := s.wordLen()
	if s.at(n) == '\'' || s.at(n) == '"' && !s.opt.AnsiQuotes {
		if isStringPrefix(s.src[s.pos : s.pos+n]) {
			s.pos += n
			return s.quoted(s.at(0), token.String), true
		}
	}
	s.pos += n
	return token.Word, true
}

// wordLen is the length of the identifier here. A delimiter such as $$ ends it
// although $ may be part of a name: END$$ is two tokens.
func (s *scanner) wordLen() int {
	rest := s.src[s.pos:s.end]
	n := 1
	for n < len(rest) && isIdent(rest[n]) {
		if s.delimiter[0] == '$' && bytes.HasPrefix(rest[n:], []byte(s.delimiter)) {
			break
		}
		n++
	}
	return n
}

func isStringPrefix(w []byte) bool {
	if w[0] == '_' {
		return len(w) > 1
	}
	return len(w) == 1 && bytes.IndexByte([]byte("nNxXbB"), w[0]) >= 0
}

// isNumber says whether the digits here are a number: an identifier may begin
// with digits too (2fa_codes), but 1e5 and 0x1f are numbers.
func (s *scanner) isNumber() bool {
	n := 0
	for isDigit(s.at(n)) {
		n++
	}
	if !isIdent(s.at(n)) {
		return true
	}
	if n == 1 && s.at(0) == '0' && (s.at(1) == 'x' || s.at(1) == 'b') && s.allOf(2, s.at(1)) {
		return true
	}
	return s.exponentLen(n) > 0
}

// allOf says whether the rest of the word, from n on, is hex or binary digits.
func (s *scanner) allOf(n int, base byte) bool {
	from := n
	for ; isIdent(s.at(n)); n++ {
		c := s.at(n) | 0x20
		hex := isDigit(s.at(n)) || c >= 'a' && c <= 'f'
		if base == 'x' && !hex || base == 'b' && s.at(n) != '0' && s.at(n) != '1' {
			return false
		}
	}
	return n > from
}

// exponentLen is the length of e5, E-5 at n, or 0.
func (s *scanner) exponentLen(n int) int {
	if s.at(n)|0x20 != 'e' {
		return 0
	}
	k := n + 1
	if s.at(k) == '+' || s.at(k) == '-' {
		k++
	}
	if !isDigit(s.at(k)) {
		return 0
	}
	for isDigit(s.at(k)) {
		k++
	}
	if isIdent(s.at(k)) {
		return 0
	}
	return k - n
}

// number moves over the number here.
func (s *scanner) number() {
	n := 0
	if s.at(0) == '0' && (s.at(1) == 'x' || s.at(1) == 'b') && s.allOf(2, s.at(1)) {
		for isIdent(s.at(n)) {
			n++
		}
		s.pos += n
		return
	}
	for isDigit(s.at(n)) {
		n++
	}
	if s.at(n) == '.' && s.at(n+1) != '.' {
		n++
		for isDigit(s.at(n)) {
			n++
		}
	}
	s.pos += n + s.exponentLen(n)
}
