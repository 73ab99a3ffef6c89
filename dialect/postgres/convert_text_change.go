package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// substituted is an expression that takes a column's place.
type substituted struct {
	text string
	refs []schema.Ref // of the columns in it without a qualifier
}

// expression reads what takes a column's place.
func (t Text) expression(p schema.Piece) (substituted, error) {
	refs, err := t.ColumnRefs(p, p.Of)
	if err != nil {
		return substituted{}, err
	}
	s := substituted{text: p.Text}
	for _, r := range refs {
		if r.Span == r.Whole {
			s.refs = append(s.refs, r)
		}
	}
	return s, nil
}

// qualified is the expression with a qualifier before its own columns.
func (s substituted) qualified(qualifier string) string {
	if qualifier == "" {
		return s.text
	}
	edits := make([]edit, 0, len(s.refs))
	for _, r := range s.refs {
		edits = append(edits, edit{change.Span{Start: r.Span.Start, End: r.Span.Start}, qualifier})
	}
	return string(splice([]byte(s.text), edits))
}

// substitute puts an expression in the place of a found column.
func (e *editing) substitute(c columnPlace, by substituted) error {
	i, ok, err := e.tokenOf(c.at)
	if err != nil || !ok {
		return err
	}
	at := e.piece.toks.spanOf(i)
	switch {
	case c.unsure:
		return e.piece.problem("ambiguous", at, "it may be a column of another table of the query")
	case c.put == nil:
		return e.piece.problem("list", at, "no expression can stand here")
	}
	whole := e.whole(c, i)
	qualifier := change.Span{Start: whole.Start, End: at.Start}.Text(e.piece.full)
	if qualifier == "" && c.clash != nil && e.clashesAny(c, by) {
		qualifier = Text{}.Quote(c.qualify) + "."
	}
	text := "(" + by.qualified(qualifier) + ")"
	read, err := readText(schema.Piece{Kind: schema.ExpressionPiece, Text: text})
	if err != nil {
		return e.piece.problem("changed", at, "the text would not be readable: %s", err)
	}
	c.put(read.root.GetSelectStmt().GetTargetList()[0].GetResTarget().GetVal())
	e.replace(i, whole, text)
	return nil
}

func (e *editing) clashesAny(c columnPlace, by substituted) bool {
	for _, r := range by.refs {
		if c.clash(r.Column) {
			return true
		}
	}
	return false
}

// renameTable gives the table another name at one of its places, and another
// schema where one is written or must be.
func (e *editing) renameTable(p tablePlace, to change.Name, moved bool) error {
	i, ok, err := e.tokenOf(p.at)
	if err != nil || !ok {
		return err
	}
	text := e.piece.toks.like(i, to.Name)
	switch {
	case !moved:
	case p.schema != nil:
		k, ok, err := e.tokenOf(*p.schema)
		if err != nil || !ok {
			return err
		}
		e.replace(k, e.piece.toks.spanOf(k), e.piece.toks.like(k, to.Schema))
		p.schema.set(to.Schema)
	case p.insert != nil:
		text = Text{}.Quote(to.Schema) + "." + text
		p.insert(to.Schema)
	}
	e.replace(i, e.piece.toks.spanOf(i), text)
	p.at.set(to.Name)
	return nil
}
