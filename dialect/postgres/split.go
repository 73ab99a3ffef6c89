package postgres

import (
	"bytes"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// Split cuts the part of src that at covers into statements. A psql command
// that runs something unseen (\i, \gexec) is a statement without tokens.
func Split(src []byte, at change.Span) []token.Statement {
	toks := Lex(src, at)
	words, ends := 0, 0
	for _, t := range toks {
		if t.Kind == token.End {
			ends++
		} else if !t.Trivia() {
			words++
		}
	}
	s := splitter{src: src, kept: make([]token.Token, 0, words), stmts: make([]token.Statement, 0, ends+1)}
	for _, t := range toks {
		s.take(t)
	}
	s.finish()
	return s.stmts
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
		s.kept = append(s.kept, t)
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
	if runsUnseen(text) != "" {
		s.stmts = append(s.stmts, token.Statement{Span: t.Span, Comments: s.comments})
		s.comments = nil
	}
	s.sameLine = false
}

// finish closes the open statement and says whether it had any token.
func (s *splitter) finish() bool {
	toks := s.kept[s.from:len(s.kept):len(s.kept)]
	if len(toks) == 0 {
		return false
	}
	s.stmts = append(s.stmts, token.Statement{
		Span: token.SpanOf(toks), Tokens: toks, Comments: s.comments,
	})
	s.from = len(s.kept)
	s.comments = nil
	return true
}
