package postgres

import (
	"bytes"
	"iter"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// Split cuts the part of src that at covers into statements. A psql command
// that runs something unseen (\i, \gexec) is a statement without tokens.
func Split(src []byte, at change.Span) []token.Statement {
	at = clamp(at, len(src))
	s := splitter{src: src}
	toks := Tokens(src, at)
	if at.End-at.Start <= keptWhole {
		toks = s.measured(Lex(src, at))
	}
	for t := range toks {
		if s.take(t); s.full {
			return s.stmts
		}
	}
	s.finish()
	return s.stmts
}

// keptWhole is a text whose tokens may be in memory all at once.
const keptWhole = 1 << 20

// measured makes room for what the tokens will become.
func (s *splitter) measured(toks []token.Token) iter.Seq[token.Token] {
	words, ends := 0, 0
	for _, t := range toks {
		if t.Kind == token.End {
			ends++
		} else if !t.Trivia() {
			words++
		}
	}
	s.kept, s.stmts = make([]token.Token, 0, words), make([]token.Statement, 0, min(ends, token.MostStatements)+1)
	return slices.Values(toks)
}

// splitter gathers tokens into statements. The statements' token lists are
// parts of one array.
type splitter struct {
	src      []byte
	stmts    []token.Statement
	kept     []token.Token
	from     int              // where the open statement's tokens start in kept
	comments []change.Comment // of the open statement
	sameLine bool             // still on the line of the last statement's end
	full     bool             // no more is taken
}

func (s *splitter) take(t token.Token) {
	switch t.Kind {
	case token.Space:
		s.sameLine = s.sameLine && !s.hasNewline(t)
	case token.Comment:
		s.comment(t)
	case token.End:
		s.sameLine = s.finish() || s.sameLine
	case token.Meta:
		s.meta(t)
	case token.Data:
		if n := len(s.stmts); n > 0 {
			s.stmts[n-1].Data = t.Span
		}
	default:
		if s.room(t) {
			s.kept = token.Keep(s.kept, s.from, t)
		}
		s.sameLine = false
	}
}

func (s *splitter) hasNewline(t token.Token) bool {
	return bytes.IndexByte(s.src[t.Span.Start:t.Span.End], '\n') >= 0
}

// comment gives a comment to the statement before it when it stands behind
// its end on the same line, and to the open or next one otherwise.
func (s *splitter) comment(t token.Token) {
	c := change.Comment{Span: t.Span, Text: t.Span.Text(s.src)}
	if s.sameLine {
		last := &s.stmts[len(s.stmts)-1]
		last.Comments = append(last.Comments, c)
		s.sameLine = !s.hasNewline(t)
		return
	}
	s.comments = append(s.comments, c)
}

func (s *splitter) meta(t token.Token) {
	text := t.Span.Text(s.src)
	if endsStatement(text) {
		s.finish()
	}
	if runsUnseen(text) != "" && s.room(t) {
		s.stmts = append(s.stmts, token.Statement{Span: t.Span, Comments: s.comments})
		s.comments = nil
	}
	s.sameLine = false
}

// room says whether a statement may have the token, and ends all where there are too many.
func (s *splitter) room(t token.Token) bool {
	if s.full = len(s.stmts) == token.MostStatements; s.full {
		s.stmts = append(s.stmts, token.Rest(t))
	}
	return !s.full
}

// finish closes the open statement and says whether it had any token.
func (s *splitter) finish() bool {
	toks := s.kept[s.from:len(s.kept):len(s.kept)]
	if len(toks) == 0 {
		return false
	}
	s.stmts = append(s.stmts, token.Statement{
		Span: token.SpanOf(toks), Tokens: toks, Comments: s.comments, TooMuch: token.TooLong(toks),
	})
	s.from = len(s.kept)
	s.comments = nil
	return true
}
