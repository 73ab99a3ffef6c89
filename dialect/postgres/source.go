package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// Limits of what one statement of a file is followed into: routines call each
// other, and texts hold texts.
const (
	mostDeep  = 8
	mostInner = 2000
)

// source is a text that statements are read from: the file, or a text that one
// of its statements runs.
type source struct {
	text []byte
	// place is where a part of the text stands in the file; nil for the file itself.
	place func(change.Span) change.Span
	// conditional marks a text that may not be run.
	conditional bool
	deep        int
	known       *known
}

// known is what the statements of a file define for those behind them.
type known struct {
	file     []byte // the file's text, as the user wrote it
	routines map[change.Name][]*routine
	prepared map[string]prepared
	inner    int // statements found within the one that is read
}

// prepared is the statement that PREPARE keeps.
type prepared struct {
	source source
	made   token.Made
}

func newSource(text []byte) *source {
	return &source{text: text, known: newKnown()}
}

func newKnown() *known {
	return &known{routines: map[change.Name][]*routine{}, prepared: map[string]prepared{}}
}

// inFile is where a part of the text stands in the file.
func (s *source) inFile(part change.Span) change.Span {
	if s.place == nil || !part.Valid() {
		return part
	}
	return s.place(part)
}

// within is a text that is made from parts of this one.
func (s *source) within(made token.Made) *source {
	return &source{
		text:        made.Text,
		place:       func(part change.Span) change.Span { return s.inFile(made.Place(part)) },
		conditional: s.conditional,
		deep:        s.deep + 1,
		known:       s.known,
	}
}

// statements reads all statements of the text. They are as the file's own,
// with places in the file.
func (s *source) statements() []*change.Stmt {
	var out []*change.Stmt
	for _, f := range Split(s.text, change.Span{End: len(s.text)}) {
		if s.known.inner++; s.known.inner > mostInner {
			return append(out, s.opaque(f.Span, "what runs here is too much to follow"))
		}
		out = append(out, s.statement(f))
	}
	return out
}

// opaque is a part of the text that is not understood; all of the text where
// the part is empty.
func (s *source) opaque(part change.Span, why string) *change.Stmt {
	if !part.Valid() {
		part = change.Span{End: len(s.text)}
	}
	at := s.inFile(part)
	op := &change.Opaque{Header: change.Header{Span: at, Conditional: s.conditional}, Why: why}
	return &change.Stmt{Span: at, Kind: "unknown", Ops: []change.Op{op}}
}

// statement reads one statement of the text.
func (s *source) statement(found token.Statement) *change.Stmt {
	stmt := &change.Stmt{Span: found.Span, Comments: found.Comments}
	if len(found.Tokens) == 0 {
		stmt.Kind = "psql"
		stmt.Ops = []change.Op{&change.Opaque{
			Header: change.Header{Span: found.Span}, Why: runsUnseen(found.Span.Text(s.text)),
		}}
		return s.placed(stmt)
	}
	c := &converter{src: s.text, base: found.Span.Start, stmt: found, all: tokens{s.text, found.Tokens}, source: s}
	if stmt.Err = c.unreadable(); stmt.Err == nil {
		stmt.Kind, stmt.Ops, stmt.Err = c.parse()
	}
	if stmt.Err != nil {
		stmt.Kind = "syntax_error"
		return s.placed(stmt)
	}
	c.calls(stmt.Ops)
	return running(s.placed(stmt), c.inner)
}

// running adds the statements that a statement runs to its own changes.
func running(stmt *change.Stmt, inner []*change.Stmt) *change.Stmt {
	if len(inner) == 0 {
		return stmt
	}
	if len(stmt.Ops) > 0 {
		stmt.Inner = []*change.Stmt{{Span: stmt.Span, Kind: stmt.Kind, Ops: stmt.Ops}}
	}
	for _, i := range inner {
		if len(i.Inner) > 0 {
			stmt.Inner = append(stmt.Inner, i.Inner...)
		} else {
			stmt.Inner = append(stmt.Inner, i)
		}
		stmt.Ops = append(stmt.Ops, i.Ops...)
	}
	return stmt
}

// placed gives a statement the places that it has in the file. What cannot be
// read within a body is not understood; the rest of the body is.
func (s *source) placed(stmt *change.Stmt) *change.Stmt {
	for _, op := range stmt.Ops {
		op.Head().Conditional = s.conditional
	}
	if s.place == nil {
		return stmt
	}
	if stmt.Err != nil {
		return s.opaque(stmt.Span, "a statement of the body cannot be read: "+stmt.Err.Message)
	}
	change.Move(stmt.Ops, s.inFile)
	stmt.Span, stmt.Comments = s.inFile(stmt.Span), nil
	return stmt
}
