package mysql

import (
	"bytes"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// Split cuts a range of the source into statements. A comment belongs to the
// statement that it stands before or in, or behind on its last line.
func Split(src []byte, at change.Span, opt LexOptions) []token.Statement {
	pieces, _ := split(src, at, opt, opt, token.MostStatements)
	out := make([]token.Statement, len(pieces))
	for i, p := range pieces {
		out[i] = p.Statement
	}
	return out
}

// piece is a statement with the sql_mode that it is read under.
type piece struct {
	token.Statement
	opt LexOptions
	// unclosed says that the text ends within its body.
	unclosed bool
}

// split also returns the options in force after the last statement. A sql_mode
// that is restored returns to the first options. No more than most statements are read.
func split(src []byte, at change.Span, opt, first LexOptions, most int) ([]piece, LexOptions) {
	s := newScanner(src, at, opt)
	s.first = first
	sp := splitter{src: src, most: most, toks: make([]token.Token, 0, (s.end-s.pos)/8+1)}
	for s.pos < s.end && !sp.full {
		under := s.opt
		sp.take(s.next(), under)
	}
	sp.cur.unclosed = s.delimiter == ";" && s.blocks.open() && !sp.full
	sp.finish()
	return sp.out, s.opt
}

// splitter gathers tokens into statements.
type splitter struct {
	src  []byte
	out  []piece
	toks []token.Token // of all statements; those of cur begin at from
	from int
	cur  piece
	most int
	full bool // no more is taken
	code bool // cur has more than Hint tokens
	// trailing is on the line where the last statement ended.
	trailing bool
}

func (sp *splitter) take(t token.Token, opt LexOptions) {
	switch t.Kind {
	case token.Space:
		if bytes.IndexByte(sp.src[t.Span.Start:t.Span.End], '\n') >= 0 {
			sp.trailing = false
		}
	case token.Comment:
		sp.comment(t)
	case token.End, token.Meta:
		sp.finish()
	default:
		sp.trailing = false
		if len(sp.toks) == sp.from {
			sp.cur.opt = opt
		}
		sp.code = sp.code || t.Kind != token.Hint
		if sp.full = sp.code && len(sp.out) >= sp.most; sp.full {
			sp.out = append(sp.out, piece{Statement: token.Rest(t), opt: opt})
			sp.code = false
			return
		}
		sp.toks = token.Keep(sp.toks, sp.from, t)
	}
}

func (sp *splitter) comment(t token.Token) {
	c := change.Comment{Span: t.Span, Text: t.Span.Text(sp.src)}
	if sp.trailing && len(sp.out) > 0 {
		last := &sp.out[len(sp.out)-1]
		last.Comments = append(last.Comments, c)
		return
	}
	sp.cur.Comments = append(sp.cur.Comments, c)
}

// finish ends the statement at hand. What has no code is no statement; its
// comments go to the next one.
func (sp *splitter) finish() {
	if !sp.code {
		sp.toks = sp.toks[:sp.from]
		return
	}
	end := len(sp.toks)
	sp.cur.Tokens = sp.toks[sp.from:end:end]
	sp.cur.Span = token.SpanOf(sp.cur.Tokens)
	sp.cur.TooMuch = token.TooLong(sp.cur.Tokens)
	sp.out = append(sp.out, sp.cur)
	sp.cur, sp.code, sp.trailing, sp.from = piece{}, false, true, end
}
