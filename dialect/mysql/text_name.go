package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// WithName gives what a statement makes (an index, a trigger, a view, a table), or a
// constraint, another name; where none is written it is put in. A database that is
// written before the name stays.
func (t Text) WithName(p schema.Piece, name string) (string, error) {
	f, err := t.follow(p, change.Name{}, following{})
	if err != nil {
		return "", err
	}
	e := f.editing()
	i, written := f.ownName()
	switch {
	case written:
		e.edits = []edit{{from: i, to: i + 1, text: e.like(i, name)}}
	default:
		gap, ok := f.nameGap(t.Quote(name))
		if !ok {
			return "", &schema.PieceError{Problem: "unsupported", Message: "it makes nothing that has a name"}
		}
		e.edits = []edit{gap}
	}
	return e.result(namedNow{name})
}

// ownName is the token of the name that is made; false where none is written.
func (f *follower) ownName() (int, bool) {
	if f.piece.Kind == schema.ColumnPiece && len(f.met) > 0 {
		return f.met[0].at, true
	}
	var own []int
	for _, n := range f.met {
		if n.what == anOwnName {
			own = append(own, n.at)
		}
	}
	first := slices.IndexFunc(f.met, func(n named) bool { return n.what == aTable })
	switch {
	case f.piece.Kind != schema.StatementPiece && f.unique() && len(own) > 0:
		return own[len(own)-1], true // the index's goes before the constraint's
	case f.piece.Kind != schema.StatementPiece && len(own) > 0, f.r.kind == "create_index", f.r.kind == "create_trigger":
		return own[0], len(own) > 0
	case (f.r.kind == "create_view" || f.r.kind == "alter_view" || f.r.kind == "create_table") && first >= 0:
		return f.met[first].at, true
	}
	return 0, false
}

// unique says whether the constraint is UNIQUE.
func (f *follower) unique() bool {
	for i := range min(len(f.r.toks), 6) {
		if f.r.toks[i].Is(f.r.src, "UNIQUE") {
			return true
		}
	}
	return false
}

// nameGap is where a name can be put that is not written, and what must be put there.
// A primary key has none of its own, and neither has an inline key.
func (f *follower) nameGap(name string) (edit, bool) {
	i := 0
	word := func(w string) bool { return i < len(f.r.toks) && f.r.toks[i].Is(f.r.src, w) }
	if f.piece.Kind == schema.ClausePiece && word("ADD") {
		i++
	}
	inline := f.piece.Kind == schema.InlinePiece
	if f.piece.Kind != schema.ClausePiece && f.piece.Kind != schema.ConstraintPiece && !inline {
		return edit{}, false
	}
	bare := word("CONSTRAINT") // CONSTRAINT CHECK (..)
	if bare {
		i++
	}
	switch {
	case word("CHECK"), word("FOREIGN") && !inline, word("UNIQUE") && !inline, word("REFERENCES") && inline:
		text := "CONSTRAINT " + name
		if bare {
			text = name
		}
		return edit{from: i, to: i, text: text, added: true}, true
	case inline:
		return edit{}, false
	case word("FULLTEXT"), word("SPATIAL"), word("VECTOR"):
		i++
	}
	if !word("KEY") && !word("INDEX") {
		return edit{}, false
	}
	return edit{from: i + 1, to: i + 1, text: name, added: true}, true
}

// namedNow proves that what is made has the name.
type namedNow struct{ name string }

func (p namedNow) holds(e *editing, now schema.Piece, _ []int) bool {
	f, err := e.text.follow(now, change.Name{}, following{})
	if err != nil {
		return false
	}
	i, written := f.ownName()
	return written && strings.EqualFold(f.nameAt(i), p.name)
}

// TableConstraint is an inline constraint as one of the table: REFERENCES u (id)
// becomes FOREIGN KEY (column) REFERENCES u (id).
func (t Text) TableConstraint(inline, column string) (string, error) {
	f, err := t.follow(schema.Piece{Kind: schema.InlinePiece, Text: inline}, change.Name{}, following{})
	if err != nil {
		return "", err
	}
	e := f.editing()
	list := "(" + t.Quote(column) + ")"
	i := 0
	for ; i < len(f.r.toks); i++ {
		if tok := f.r.toks[i]; tok.Is(f.r.src, "REFERENCES") || tok.Is(f.r.src, "UNIQUE") || tok.Is(f.r.src, "KEY") || tok.Is(f.r.src, "PRIMARY") || tok.Is(f.r.src, "CHECK") {
			break
		}
	}
	last := len(f.r.toks)
	switch tok := f.r.toks[min(i, last-1)]; {
	case tok.Is(f.r.src, "REFERENCES"):
		e.edits = []edit{{from: i, to: i, text: "FOREIGN KEY " + list, added: true}}
	case tok.Is(f.r.src, "KEY"): // KEY alone makes a column the primary key
		e.edits = []edit{{from: i, to: i, text: "PRIMARY", added: true}, {from: last, to: last, text: list, added: true}}
	case !tok.Is(f.r.src, "CHECK"):
		e.edits = []edit{{from: last, to: last, text: list, added: true}}
	}
	return e.result(tableConstraint{column})
}

// tableConstraint proves that a constraint is one of the table, over the column.
type tableConstraint struct{ column string }

func (p tableConstraint) holds(e *editing, now schema.Piece, _ []int) bool {
	now.Kind, now.Of = schema.ConstraintPiece, change.Name{Name: "t"}
	f, err := e.text.follow(now, now.Of, following{columns: true})
	return err == nil && len(f.columns) == 1 && f.columns[0].name == p.column
}
