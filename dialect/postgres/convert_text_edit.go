package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// following is a text whose names are followed: of a column, of all columns, or
// of a table alone.
type following struct {
	*follower
	tokens map[place]int
}

// follow finds where a text names a table, and its columns where they are asked for.
func (t Text) follow(p schema.Piece, table change.Name, columns bool, column string) (*following, error) {
	w, err := readText(p)
	if err != nil {
		return nil, err
	}
	f := &follower{piece: w, table: withSchema(table, p.Schema), column: column, inColumns: columns, known: t.Columns, followed: true}
	f.start()
	if len(f.errs) > 0 {
		return nil, f.worst()
	}
	out := &following{follower: f}
	var loose []int
	out.tokens, loose = w.places(out.wanted)
	if !f.followed && len(out.tokens) > 0 {
		return nil, w.problem("unsupported", change.Span{}, "this kind of statement is not followed")
	}
	if w.masked && len(loose) > 0 {
		return nil, w.problem("unsupported", w.toks.spanOf(loose[0]), "it stands in syntax that is not followed")
	}
	return out, nil
}

// worst is what is told of all problems: a star is about every column, whatever
// names there are beside it.
func (f *follower) worst() *schema.PieceError {
	i := slices.IndexFunc(f.errs, func(e *schema.PieceError) bool { return e.Problem == "star" })
	return f.errs[max(i, 0)]
}

// start follows the statement in the scope that the kind of text gives it.
func (f *follower) start() {
	p := f.piece.piece
	if p.Kind != schema.ExpressionPiece {
		f.statement(f.piece.root, nil)
		return
	}
	of := p.Of
	if of.IsZero() {
		of = f.table
	}
	target := f.piece.root.GetSelectStmt().GetTargetList()[0].GetResTarget()
	f.expr(target.GetVal(), f.scopeOf(of, p.Alias...))
}

// wanted says whether a word may be one of the names that were found.
func (f *following) wanted(name string) bool {
	switch {
	case f.inColumns && f.column != "":
		return name == f.column
	case !f.inColumns:
		return name == f.table.Name || name == f.table.Schema
	}
	return slices.ContainsFunc(f.columns, func(c columnPlace) bool { return c.column == name })
}

// tokenOf is the token in the text that is a name of the tree. What is around
// the text has none.
func (f *following) tokenOf(at place) (i int, ok bool, err error) {
	i, ok = f.tokens[at]
	if !ok {
		return 0, false, f.piece.problem("unsupported", change.Span{}, "a name in it cannot be placed")
	}
	return i, f.piece.owns(f.piece.toks.list[i].Span), nil
}

// whole is a column with its qualifiers, where it has any.
func (f *following) whole(c columnPlace, i int) change.Span {
	toks := f.piece.toks
	span := toks.spanOf(i)
	if c.ref != nil {
		for n := len(c.ref.GetFields()); n > 1 && i > 1; n-- {
			i -= 2
		}
		span.Start = toks.spanOf(i).Start
	}
	return span
}

// refs is what was found, in the text's order.
func (f *following) refs() ([]schema.Ref, error) {
	var out []schema.Ref
	for _, c := range f.columns {
		i, ok, err := f.tokenOf(c.at)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		r := schema.Ref{
			Column: c.column, Span: f.piece.inText(f.piece.toks.spanOf(i)), Whole: f.piece.inText(f.whole(c, i)),
			Expr: c.put != nil, Unsure: c.unsure,
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b schema.Ref) int { return a.Span.Start - b.Span.Start })
	return out, nil
}

// editing gathers what changes in a text, in the text and in its tree.
type editing struct {
	*following
	edits []edit
	done  map[int]bool
}

func (f *following) editing() *editing { return &editing{following: f, done: map[int]bool{}} }

// renameColumn gives a found column another name.
func (e *editing) renameColumn(c columnPlace, to string) error {
	i, ok, err := e.tokenOf(c.at)
	if err != nil || !ok {
		return err
	}
	if c.unsure {
		return e.piece.problem("ambiguous", e.piece.toks.spanOf(i), "it may be a column of another table of the query")
	}
	text := e.piece.toks.like(i, to)
	if c.clash != nil && c.clash(to) {
		text = Text{}.Quote(c.qualify) + "." + text
		c.ref.Fields = append([]*pg.Node{pg.MakeStrNode(c.qualify)}, c.ref.Fields...)
	}
	e.replace(i, e.piece.toks.spanOf(i), text)
	c.at.set(to)
	return nil
}

// replace notes an edit once: the tree may hold a name several times.
func (e *editing) replace(i int, at change.Span, text string) {
	if !e.done[i] {
		e.done[i] = true
		e.edits = append(e.edits, edit{at, text})
	}
}

// keepLabels writes the names of a query's columns out where they would change.
func (e *editing) keepLabels(from string, always bool) {
	for _, l := range e.labels {
		if !e.isFound(l.from) || l.outer && e.piece.piece.FreeNames && !always {
			continue
		}
		toks := e.piece.toks
		end := toks.endOfTarget(toks.at(e.piece.base + int(l.target.GetLocation())))
		e.edits = append(e.edits, edit{change.Span{Start: end, End: end}, " AS " + Text{}.Quote(from)})
		l.target.Name = from
	}
}

// like writes a name as token i is: in quotes where that has some.
func (t tokens) like(i int, name string) string {
	if t.list[i].Kind == token.Quoted {
		return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return Text{}.Quote(name)
}

// endOfTarget is where the item of a SELECT list ends that begins at token i.
func (t tokens) endOfTarget(i int) int {
	depth := 0
	for ; i < t.len(); i++ {
		if depth <= 0 && t.endsTarget(i) {
			break
		}
		depth += t.nesting(i)
	}
	return t.list[i-1].Span.End
}

func (t tokens) endsTarget(i int) bool {
	if t.punct(i, ',') || t.punct(i, ';') || t.nesting(i) < 0 {
		return true
	}
	if t.is(i, "WITH") {
		return !t.is(i+1, "TIME")
	}
	for _, word := range [...]string{
		"FROM", "INTO", "WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR",
	} {
		if t.is(i, word) {
			return true
		}
	}
	return false
}

// result is the text with the edits made, which is proven: it is read as the
// tree that the edits were made in too.
func (e *editing) result() (string, error) {
	w := e.piece
	full := splice(w.full, e.edits)
	end := len(full) - (len(w.full) - w.start - len(w.piece.Text))
	text := string(full[w.start:end])
	p := w.piece
	p.Text = text
	again, err := readText(p)
	if err != nil {
		return "", w.problem("changed", change.Span{}, "the text would not be readable: %s", err)
	}
	if !sameTree(w.root, again.root, func(place, string, string) bool { return false }) {
		return "", w.problem("changed", change.Span{}, "more would change than was asked for")
	}
	return text, nil
}
