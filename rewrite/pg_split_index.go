package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// splitIndex is an index of the columns, on the new table; it has no name where
// the server gives it one.
type splitIndex struct{ name, made, create string }

func (s *split) takeIndex(t *splitText) error {
	if t.moves == "" || t.Of != s.table {
		return nil
	}
	if t.stays != "" {
		return s.mixed(t)
	}
	s.known = append(s.known, "index "+bare(t.Name))
	p, err := s.movedPiece(t)
	if err != nil {
		return err
	}
	ix := splitIndex{create: notConcurrently(s.c.Text, p.Text)}
	if s.nameIsWritten(p.Text) {
		ix.name, ix.made = t.Name.Name, MadeName(t.Name.Name, "new")
		p.Text = ix.create
		if ix.create, err = s.c.Text.WithName(p, ix.made); err != nil {
			return asRefusal(err)
		}
		s.final = append(s.final, s.saidOfRelation(t.Name)...)
	}
	s.indexes = append(s.indexes, ix)
	return nil
}

// movedPiece is a statement about the new table in the place of the old one.
func (s *split) movedPiece(t *splitText) (schema.Piece, error) {
	p := t.piece
	text, err := s.c.Text.RenameTable(p, s.table, s.into)
	if err != nil {
		return p, asRefusal(err)
	}
	p.Text, p.Of = text, s.into
	return p, nil
}

// nameIsWritten says whether a CREATE INDEX has a name between INDEX and ON.
func (s *split) nameIsWritten(text string) bool {
	src, toks := []byte(text), s.c.Text.Tokens(text)
	for i := 0; i+1 < len(toks); i++ {
		if toks[i].Is(src, "INDEX") {
			next := toks[i+1]
			if next.Is(src, "CONCURRENTLY") && i+2 < len(toks) {
				next = toks[i+2]
			}
			return !next.Is(src, "ON")
		}
	}
	return false
}

// notConcurrently is a CREATE INDEX for a table that nobody uses yet.
func notConcurrently(t Text, text string) string {
	src := []byte(text)
	for _, k := range t.Tokens(text) {
		if k.Is(src, "CONCURRENTLY") {
			return text[:k.Span.Start] + strings.TrimLeft(text[k.Span.End:], " \t\n")
		}
	}
	return text
}

func (s *split) takeStatistics(t *splitText) error {
	switch {
	case t.moves == "":
		return nil
	case t.stays != "":
		return s.mixed(t)
	}
	s.known = append(s.known, "statistics object "+bare(t.Name))
	p, err := s.movedPiece(t)
	if err != nil {
		return err
	}
	s.final = append(s.final, p.Text) // its name is taken until then
	s.final = append(s.final, s.saidOfRelation(t.Name)...)
	return nil
}

// saidOfRelation are the comments and options of an index, as they were said:
// when the plan ends the new one has the name.
func (s *split) saidOfRelation(name change.Name) []string {
	var out []string
	for _, d := range s.c.State.DefsOf(name) {
		text, err := s.c.Text.Current(d)
		if err != nil || d.Class != "comment" && d.Class != "option" {
			continue
		}
		if toks := s.c.Text.Tokens(text); d.Clause && len(toks) > 0 && !toks[0].Is([]byte(text), "ALTER") {
			text = "ALTER INDEX " + s.c.Text.QuoteName(name) + " " + text
		}
		out = append(out, text)
	}
	return out
}
