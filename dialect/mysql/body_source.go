package mysql

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// Limits of what one statement of a file is followed into: procedures call
// each other, and texts hold texts.
const (
	mostDeep  = 8
	mostInner = 2000
)

// source is a text that statements are read from: the file, a body in it, or a
// text that one of its statements runs.
type source struct {
	text []byte
	// place is where a part of the text stands in the file; nil for the file itself.
	place func(change.Span) change.Span
	// conditional marks what may not be run.
	conditional bool
	deep        int
	tidb        *tidb
	known       *known
	vars        *variables
}

// known is what the statements of a file define for those behind them.
type known struct {
	parser   *Parser
	file     []byte // the file's text, as the user wrote it
	routines map[string]*routine
	prepared map[string]held
	inner    int // statements found within the one that is read
	branches int // branches and loops met so far
}

func newSource(text []byte, t *tidb) *source {
	return &source{text: text, tidb: t, vars: newVariables(), known: newKnown()}
}

func newKnown() *known {
	return &known{routines: map[string]*routine{}, prepared: map[string]held{}}
}

// inFile is where a part of the text stands in the file.
func (s *source) inFile(part change.Span) change.Span {
	if s.place == nil || !part.Valid() {
		return part
	}
	return s.place(part)
}

// statement reads one statement, and what it runs.
func (s *source) statement(pc piece) *change.Stmt {
	st := &change.Stmt{Span: pc.Span, Comments: pc.Comments}
	r := &reader{piece: pc, tidb: s.tidb, source: s}
	r.cursor = newCursor(s.text, pc)
	st.Ops = r.read()
	st.Kind, st.Err = r.kind, r.err
	if r.err != nil {
		st.Kind, st.Ops, r.inner = "syntax_error", nil, nil
	}
	return running(s.placed(st), r.inner)
}

// placed gives a statement the places that it has in the file. What cannot be
// read within a body is not understood; the rest of the body is.
func (s *source) placed(st *change.Stmt) *change.Stmt {
	if st.Err != nil && s.deep > 0 {
		return s.opaque(st.Span, "a statement of the body cannot be read: "+st.Err.Message)
	}
	for _, op := range st.Ops {
		op.Head().Conditional = s.conditional
	}
	if s.place != nil {
		change.Move(st.Ops, s.inFile)
		st.Span = s.inFile(st.Span)
	}
	if s.deep > 0 {
		st.Comments = nil
	}
	return st
}

// running adds the statements that a statement runs to its own changes.
func running(st *change.Stmt, inner []*change.Stmt) *change.Stmt {
	if len(inner) == 0 {
		return st
	}
	if len(st.Ops) > 0 {
		st.Inner = []*change.Stmt{{Span: st.Span, Kind: st.Kind, Ops: st.Ops}}
	}
	for _, i := range inner {
		if len(i.Inner) > 0 {
			st.Inner = append(st.Inner, i.Inner...)
		} else {
			st.Inner = append(st.Inner, i)
		}
		st.Ops = append(st.Ops, i.Ops...)
	}
	return st
}

// opaque is a part of the text that is not understood.
func (s *source) opaque(part change.Span, why string) *change.Stmt {
	at := s.inFile(part)
	op := &change.Opaque{Header: change.Header{Span: at, Conditional: s.conditional}, Why: why}
	return &change.Stmt{Span: at, Kind: "unknown", Ops: []change.Op{op}}
}

// made reads the statements of a text that the file makes. Its places are the file's.
func (s *source) made(text madeText, opt LexOptions, conditional bool) []*change.Stmt {
	in := *s
	in.text, in.place = text.Text, text.Place
	in.conditional, in.deep = s.conditional || conditional, s.deep+1
	pieces, _ := split(in.text, change.Span{End: len(in.text)}, opt, opt, token.MostStatements)
	var out []*change.Stmt
	for _, pc := range pieces {
		out = append(out, in.follow(pc)...)
	}
	return out
}

// follow reads a statement within another, as long as there are not too many.
func (s *source) follow(pc piece) []*change.Stmt {
	if s.known.inner++; s.known.inner > mostInner {
		return []*change.Stmt{s.opaque(pc.Span, "what runs here is too much to follow")}
	}
	return []*change.Stmt{s.statement(pc)}
}
