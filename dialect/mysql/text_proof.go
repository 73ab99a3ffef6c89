package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// proof is what must be found in a text after it was edited.
type proof interface {
	// holds reads the new text; moved are the places that names were written to.
	holds(e *editing, now schema.Piece, moved []int) bool
}

// result is the text with the edits made, which is proven: its tokens are the ones
// before and those put in, and when it is read again the names that were looked for
// are found in the places where they were written, and nowhere else.
func (e *editing) result(p proof) (string, error) {
	now := e.piece
	now.Text = e.splice()
	changed := &schema.PieceError{Problem: "changed", Message: "more would change than was asked for"}
	moved, same := e.sameTokens(now.Text)
	if !same || len(e.edits) > 0 && !p.holds(e, now, moved) {
		return "", changed
	}
	return now.Text, nil
}

// sameTokens says whether the new text has the tokens that it must have, and where the
// last token of each edit stands in it that writes a name.
func (e *editing) sameTokens(text string) (moved []int, same bool) {
	src := []byte(text)
	opt := e.text.parser.opt
	want := make([]string, 0, len(e.r.toks))
	at := 0
	for _, d := range e.edits {
		for ; at < d.from; at++ {
			want = append(want, e.r.text(e.r.toks[at]))
		}
		for _, t := range tokensOf(d.text, opt) {
			want = append(want, t.Span.Text([]byte(d.text)))
		}
		if at = max(at, d.to); !d.added {
			moved = append(moved, len(want)-1)
		}
	}
	for ; at < len(e.r.toks); at++ {
		want = append(want, e.r.text(e.r.toks[at]))
	}
	var got []string
	for _, t := range tokensOf(text, opt) {
		if t.Kind != token.Hint && t.Kind != token.End {
			got = append(got, t.Span.Text(src))
		}
	}
	return moved, slices.Equal(want, got)
}

// places are where a column, or the table, is found in a text; false where the text
// cannot be followed.
func (e *editing) places(p schema.Piece, table change.Name, what following) ([]int, bool) {
	t := e.text
	what.labels = e.following.labels
	f, err := t.follow(p, table, what)
	if err != nil {
		return nil, false
	}
	found := f.tables
	if what.columns {
		found = f.columns
	}
	out := make([]int, 0, len(found))
	for _, m := range found {
		out = append(out, m.at)
	}
	return out, true
}

// movedTo are places of the text before in the new one.
func (e *editing) movedTo(old []int) []int {
	out := make([]int, 0, len(old))
	for _, i := range old {
		shift := 0
		for _, d := range e.edits {
			if d.to <= i {
				shift += len(tokensOf(d.text, e.text.parser.opt)) - (d.to - d.from)
			}
		}
		out = append(out, i+shift)
	}
	return out
}

// onlyMoved says whether the names in the new text are those that were written, and
// those that were there before.
func (e *editing) onlyMoved(found, before, moved []int) bool {
	want := append(e.movedTo(before), moved...)
	slices.Sort(want)
	slices.Sort(found)
	return slices.Equal(slices.Compact(found), slices.Compact(want))
}

// renamedColumn proves that a column has another name.
type renamedColumn struct{ from, to string }

func (p renamedColumn) holds(e *editing, now schema.Piece, moved []int) bool {
	if strings.EqualFold(p.from, p.to) {
		return true // the names are the same to the server
	}
	before, read := e.places(e.piece, e.table, following{columns: true, column: p.to})
	if !read {
		return false
	}
	e.text.columns = p.known(e.text.columns, e.table)
	found, read := e.places(now, e.table, following{columns: true, column: p.to})
	left, readToo := e.places(now, e.table, following{columns: true, column: p.from})
	return read && readToo && len(left) == 0 && e.onlyMoved(found, before, moved)
}

// known is what is known of columns once the column is renamed.
func (p renamedColumn) known(columns func(change.Name) ([]string, bool), table change.Name) func(change.Name) ([]string, bool) {
	if columns == nil {
		return nil
	}
	return func(n change.Name) ([]string, bool) {
		list, known := columns(n)
		if !known || !sameTable(n, table) {
			return list, known
		}
		list = slices.Clone(list)
		for i, c := range list {
			if strings.EqualFold(c, p.from) {
				list[i] = p.to
			}
		}
		return list, true
	}
}

// renamedTable proves that a table has another name.
type renamedTable struct{ to change.Name }

func (p renamedTable) holds(e *editing, now schema.Piece, moved []int) bool {
	to := p.to
	if to.Schema == "" {
		to.Schema = e.table.Schema
	}
	if sameTable(to, e.table) {
		return true
	}
	before, read := e.places(e.piece, to, following{})
	if !read {
		return false
	}
	if sameTable(now.Of, e.table) {
		now.Of = to
	}
	found, read := e.places(now, to, following{})
	left, readToo := e.places(now, e.table, following{})
	return read && readToo && len(left) == 0 && e.onlyMoved(found, before, moved)
}

// substituted proves that a column is left only where the expression names it.
type substituted struct{ column string }

func (p substituted) holds(e *editing, now schema.Piece, _ []int) bool {
	found, read := e.places(now, e.table, following{columns: true, column: p.column})
	if !read {
		return false
	}
	within := 0
	for _, d := range e.edits {
		inner, read := e.places(schema.Piece{Kind: schema.ExpressionPiece, Text: d.text}, change.Name{Name: "t"}, following{columns: true, column: p.column})
		if !d.added && !read {
			return false
		}
		within += len(inner)
	}
	return len(found) <= within
}
