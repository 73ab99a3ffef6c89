// Package mysql reads the SQL of MySQL and MariaDB: its own lexer and DDL
// grammar know the position of every clause, TiDB's parser explains queries and
// DML and has a second opinion on the rest.
package mysql

import (
	"bytes"
	"iter"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// LexOptions is what the meaning of a text depends on: the target server and
// the sql_mode in force.
type LexOptions struct {
	MariaDB bool
	// Version of the server. The zero version runs every executable comment.
	Version [3]int
	// AnsiQuotes makes ".." an identifier.
	// https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#sqlmode_ansi_quotes
	AnsiQuotes bool
	// NoBackslashEscapes makes \ an ordinary character in literals.
	NoBackslashEscapes bool
}

// Lex cuts a range of the source into tokens. They tile the range without a
// gap. It follows the text as the mysql client does: DELIMITER lines and a SET
// sql_mode change how the text after them is read.
func Lex(src []byte, at change.Span, opt LexOptions) []token.Token {
	return slices.AppendSeq(make([]token.Token, 0, max(at.End-at.Start, 0)/3+8), Tokens(src, at, opt))
}

// Tokens are the tokens of Lex one by one: those of a large file are many times its size.
func Tokens(src []byte, at change.Span, opt LexOptions) iter.Seq[token.Token] {
	return func(yield func(token.Token) bool) {
		s := newScanner(src, at, opt)
		for more := true; more && s.pos < s.end; {
			more = yield(s.next())
		}
	}
}

// scanner reads tokens one by one.
type scanner struct {
	src       []byte
	pos, end  int
	opt       LexOptions
	first     LexOptions // the options that a restored sql_mode returns to
	delimiter string
	inHint    bool // between an executable comment's mark and its */
	begun     bool // the statement has a token already
	lineStart bool // only blanks since the line began
	dot       bool // the last token was a dot: a name follows, even of digits
	blocks    blocks
	set       setWatch
}

func newScanner(src []byte, at change.Span, opt LexOptions) *scanner {
	end := min(max(at.End, 0), len(src))
	return &scanner{
		src: src, pos: min(max(at.Start, 0), end), end: end,
		opt: opt, first: opt, delimiter: ";", lineStart: true,
		blocks: blocks{mariadb: opt.MariaDB},
	}
}

// next reads one token; there must be a byte left.
func (s *scanner) next() token.Token {
	start := s.pos
	t := token.Token{Kind: s.scan(), Span: change.Span{Start: start, End: s.pos}}
	switch t.Kind {
	case token.Space:
		if bytes.IndexByte(s.src[start:s.pos], '\n') >= 0 {
			s.lineStart = true
		}
		return t
	case token.Comment:
		return t
	case token.Meta:
		s.startStatement()
		s.lineStart = true
		return t
	case token.End:
		s.opt = s.set.apply(s.src, s.opt, s.first)
		s.startStatement()
	case token.Hint:
		s.begun = true
	default:
		s.begun = true
		s.blocks.feed(s.src, t)
		s.set.feed(s.src, t)
	}
	s.lineStart = false
	s.dot = t.IsPunct(s.src, ".")
	return t
}

func (s *scanner) startStatement() {
	s.begun = false
	s.blocks.reset()
	s.set.reset()
}

// scan moves over one token, by at least one byte.
func (s *scanner) scan() token.Kind {
	if s.skipSpace() {
		return token.Space
	}
	if s.lineStart && s.skipDelimiterLine() {
		return token.Meta
	}
	if s.skipEndMark() {
		return token.End
	}
	if k, ok := s.comment(); ok {
		return k
	}
	if k, ok := s.literal(); ok {
		return k
	}
	if k, ok := s.word(); ok {
		return k
	}
	s.pos += operatorLen(s.src[s.pos:s.end])
	return token.Punct
}

// skipSpace moves over blanks and control characters, and over a byte-order
// mark at the very start of the text.
func (s *scanner) skipSpace() bool {
	start := s.pos
	if s.pos == 0 && bytes.HasPrefix(s.src[:s.end], []byte("\xef\xbb\xbf")) {
		s.pos = 3
	}
	for s.pos < s.end && isSpace(s.src[s.pos]) {
		s.pos++
	}
	return s.pos > start
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// isIdent says whether c may be part of a bare identifier.
// https://dev.mysql.com/doc/refman/8.4/en/identifiers.html
func isIdent(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= 0x80
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// operatorLen is the length of the operator that b begins with, or 1.
func operatorLen(b []byte) int {
	for _, op := range [...]string{"<=>", "->>", "->", "<=", ">=", "<>", "!=", ":=", "||", "&&", "<<", ">>"} {
		if len(b) >= len(op) && string(b[:len(op)]) == op {
			return len(op)
		}
	}
	return 1
}

// at is the byte n places ahead, or 0 past the end.
func (s *scanner) at(n int) byte {
	if s.pos+n >= s.end {
		return 0
	}
	return s.src[s.pos+n]
}
