package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// following is what is looked for in a text.
type following struct {
	columns bool   // columns, and not the table alone
	column  string // this one; empty means all
	labels  bool   // write the names of a query's columns out, whatever the piece says
}

// mention is a place where a column, or the table, is named.
type mention struct {
	at, first int // its token, and that of its first qualifier
	name      string
	expr      bool // any expression may stand there
	unsure    bool // it may be a column of another table
	hit       *hit // of a bare name in an expression
}

// field is a column of a query that has no name of its own.
type field struct {
	from, to int // its tokens
	label    string
	column   int // the token of its name, where it is a column and nothing else; or -1
}

// follower follows a table's names through one text.
type follower struct {
	following
	text    Text
	piece   schema.Piece
	table   change.Name
	r       *reader
	met     []named
	columns []mention
	tables  []mention
	fields  []field
	locals  []string // variables of the body that is read
	errs    []*schema.PieceError
}

// follow finds where a text names a table, and its columns where they are asked for.
func (t Text) follow(p schema.Piece, table change.Name, what following) (*follower, error) {
	f := &follower{following: what, text: t, piece: p, table: table}
	if p.Of.IsZero() {
		f.piece.Of = table
	}
	tidb := t.parser.borrow()
	defer t.parser.pool.Put(tidb)
	if err := f.open(tidb); err != nil {
		return nil, err
	}
	f.read()
	if len(f.errs) > 0 {
		return nil, f.worst()
	}
	byPlace := func(a, b mention) int { return a.at - b.at }
	samePlace := func(a, b mention) bool { return a.at == b.at }
	slices.SortStableFunc(f.columns, byPlace)
	slices.SortStableFunc(f.tables, byPlace)
	f.columns, f.tables = slices.CompactFunc(f.columns, samePlace), slices.CompactFunc(f.tables, samePlace)
	return f, nil
}

// open cuts the text into tokens; it must be one statement, or a part of one.
func (f *follower) open(tidb *tidb) error {
	src := []byte(f.piece.Text)
	pc, err := onePiece(src, f.text.parser.opt)
	if err != nil {
		return err
	}
	s := newSource(src, tidb)
	s.known.parser, s.known.file = f.text.parser, src
	f.r = &reader{piece: pc, tidb: tidb, source: s}
	f.r.cursor = newCursor(src, pc)
	f.r.named = &f.met
	return nil
}

// onePiece is a text that is all of one statement, or a part of one.
func onePiece(src []byte, opt LexOptions) (piece, error) {
	pc := piece{opt: opt}
	for _, t := range Lex(src, change.Span{End: len(src)}, opt) {
		switch {
		case t.Kind == token.Broken:
			return pc, &schema.PieceError{Problem: "syntax", At: t.Span, Message: notClosed}
		case t.Kind == token.End:
			return pc, &schema.PieceError{Problem: "syntax", At: t.Span, Message: "it is more than one statement"}
		case !t.Trivia():
			pc.Tokens = append(pc.Tokens, t)
		}
	}
	if len(pc.Tokens) == 0 {
		return pc, &schema.PieceError{Problem: "syntax", Message: "nothing is there"}
	}
	pc.Span = token.SpanOf(pc.Tokens)
	return pc, nil
}

// cursor is a grammar at the start of a text.
func (t Text) cursor(text string) (*cursor, error) {
	f := &follower{text: t, piece: schema.Piece{Text: text}}
	if err := f.open(nil); err != nil {
		return nil, err
	}
	return &f.r.cursor, nil
}

// finished is why a text is not exactly what was read of it, or nil.
func (c *cursor) finished() error {
	c.unexpectedRest()
	if c.err != nil {
		return &schema.PieceError{Problem: "syntax", At: c.err.Span, Message: c.err.Message}
	}
	return nil
}

// problem keeps a reason why the text cannot be followed.
func (f *follower) problem(kind string, at change.Span, message string) {
	f.errs = append(f.errs, &schema.PieceError{Problem: kind, At: at, Message: message})
}

// worst is what is told of all problems: a star is about every column, whatever
// names there are beside it.
func (f *follower) worst() *schema.PieceError {
	i := slices.IndexFunc(f.errs, func(e *schema.PieceError) bool { return e.Problem == "star" })
	return f.errs[max(i, 0)]
}

// nameAt is the name that a token is.
func (f *follower) nameAt(i int) string { return unquote(f.r.text(f.r.toks[i])) }

func (f *follower) isName(i int) bool {
	return f.r.toks[i].Kind == token.Word || f.r.toks[i].Kind == token.Quoted
}

// wants says whether a column of this name is looked for.
func (f *follower) wants(name string) bool {
	return f.following.columns && (f.column == "" || strings.EqualFold(f.column, name))
}

// qualified is the number of the token that the name at i begins with.
func (f *follower) qualified(i int) int {
	for i > 1 && f.r.toks[i-1].IsPunct(f.r.src, ".") && f.isName(i-2) {
		i -= 2
	}
	return i
}

// isTable says whether a name, as the text writes it, may be the followed table.
func (f *follower) isTable(n change.Name) bool { return sameTable(n, f.table) }

func sameTable(a, b change.Name) bool {
	return strings.EqualFold(a.Name, b.Name) && (a.Schema == "" || b.Schema == "" || strings.EqualFold(a.Schema, b.Schema))
}

// tableAt keeps a table's name, where it is the followed one.
func (f *follower) tableAt(i int) {
	n := change.Name{Name: f.nameAt(i)}
	first := f.qualified(i)
	if first < i {
		n.Schema = f.nameAt(first)
	}
	if f.isTable(n) {
		f.tables = append(f.tables, mention{at: i, first: first, name: n.Name})
	}
}

// refs is what was found, in the text's order.
func (f *follower) refs() []schema.Ref {
	var out []schema.Ref
	for _, m := range f.columns {
		out = append(out, schema.Ref{
			Column: m.name, Span: f.r.toks[m.at].Span, Whole: token.SpanOf(f.r.toks[m.first : m.at+1]), Expr: m.expr, Unsure: m.unsure,
		})
	}
	return out
}
