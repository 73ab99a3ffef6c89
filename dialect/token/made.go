package token

import (
	"sort"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Made is SQL that does not stand in the source as it is run: the value of a
// literal with escapes, a concatenation, a statement of a body with a clause
// left out. It knows where each of its bytes came from.
type Made struct {
	Text   []byte
	pieces []madePiece
}

// madePiece is a run of bytes: copied one by one from the source, or all of
// them made from the same place.
type madePiece struct {
	start  int // in Text
	at     change.Span
	copied bool
}

// Copy adds a part of the source as it stands there.
func (m *Made) Copy(src []byte, at change.Span) {
	if !at.Valid() {
		return
	}
	m.pieces = append(m.pieces, madePiece{start: len(m.Text), at: at, copied: true})
	m.Text = append(m.Text, src[at.Start:at.End]...)
}

// Put adds a text that is made from a place.
func (m *Made) Put(text string, at change.Span) {
	if text == "" {
		return
	}
	m.pieces = append(m.pieces, madePiece{start: len(m.Text), at: at})
	m.Text = append(m.Text, text...)
}

// Add adds another made text, with the places that it knows.
func (m *Made) Add(o Made) { m.AddPart(o, change.Span{End: len(o.Text)}) }

// AddPart adds a part of another made text, with the places that it knows.
func (m *Made) AddPart(o Made, part change.Span) {
	for i, p := range o.pieces {
		end := len(o.Text)
		if i+1 < len(o.pieces) {
			end = o.pieces[i+1].start
		}
		if end <= part.Start || p.start >= part.End {
			continue
		}
		if cut := part.Start - p.start; cut > 0 {
			p.start = part.Start
			if p.copied {
				p.at.Start += cut
			}
		}
		p.start += len(m.Text) - part.Start
		m.pieces = append(m.pieces, p)
	}
	m.Text = append(m.Text, part.Text(o.Text)...)
}

// Placeholder is a name for what a text tells nothing of: the name of the
// expression that makes it, between marks that are letters to the lexers, so
// that it can stand for a name or within one.
func Placeholder(expression string) string {
	const most = 30
	name := strings.Map(func(r rune) rune {
		switch {
		case r == '.':
			return '_'
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return -1
	}, expression)
	return "‹" + name[:min(len(name), most)] + "›"
}

// Place is where a part of the text came from. A part without bytes came from nowhere.
func (m *Made) Place(part change.Span) change.Span {
	if !part.Valid() || part.Start < 0 || part.End > len(m.Text) {
		return change.Span{}
	}
	first, last := m.place(part.Start), m.place(part.End-1)
	if last.End <= first.Start { // pieces of places that are not in the text's order
		return first
	}
	return change.Span{Start: first.Start, End: last.End}
}

// place is where the byte at i came from.
func (m *Made) place(i int) change.Span {
	k := sort.Search(len(m.pieces), func(k int) bool { return m.pieces[k].start > i }) - 1
	p := m.pieces[k]
	if !p.copied {
		return p.at
	}
	at := p.at.Start + i - p.start
	return change.Span{Start: at, End: at + 1}
}
