package rewrite

import (
	"slices"
	"strings"
)

// mustLetGo: DROP COLUMN fails as long as something reads the column, or is in
// the text of a function and breaks with it.
func (s *split) mustLetGo(t *splitText) {
	name := s.c.Text.QuoteName(t.Name)
	if t.Class == "trigger" || t.Class == "rule" || t.Class == "policy" {
		name = s.c.Q(t.Name.Name) + " of " + s.c.Text.QuoteName(t.Of)
	}
	s.deploy = appendNew(s.deploy, t.Class+" "+name+" no longer reads "+s.at+"."+t.moves)
}

func (s *split) refuseRowSecurity() error {
	return Refuse("%s has row level security, and only you know who may see which rows of %s: take it off, or make %s with its policies and move the values by hand", s.at, s.to, s.to)
}

// takeSaid takes along what is said about the columns.
func (s *split) takeSaid(t *splitText) error {
	words := wordsOf(t.piece.Text)
	switch {
	case t.Class == "option" && words["row"] && words["level"] && words["security"] && !words["disable"]:
		return s.refuseRowSecurity()
	case t.Class == "option" && words["replica"] && words["identity"] && s.indexMoves(t.piece.Text):
		return Refuse("the index of REPLICA IDENTITY of %s is about columns that would go: subscribers would see no more UPDATE; name another index first", s.at)
	case t.Class == "owner", t.Class == "grant", t.moves == "":
		return nil // rightsLikeOld has the server's word for it
	}
	if t.Clause {
		s.said = append(s.said, "ALTER TABLE "+s.to+" "+t.piece.Text)
		return nil
	}
	p, err := s.movedPiece(t)
	if err != nil {
		return err
	}
	s.said = append(s.said, p.Text)
	return nil
}

// indexMoves says whether a text names an index, or a unique key, of columns that go.
func (s *split) indexMoves(text string) bool {
	for _, ix := range s.c.State.IndexesOf(s.table) {
		if namesAfter(s.c.Text, text, "INDEX", ix.Name) && slices.ContainsFunc(ix.Columns, s.moves) {
			return true
		}
	}
	for _, con := range s.t.Constraints {
		if namesAfter(s.c.Text, text, "INDEX", con.Name) && slices.ContainsFunc(con.Columns, s.moves) {
			return true
		}
	}
	return false
}

// commentsOn are the comments on a constraint.
func (s *split) commentsOn(constraint string) []string {
	var out []string
	for _, d := range s.c.State.Defs(s.table) {
		if d.Of != s.table || d.Class != "comment" {
			continue
		}
		text, err := s.c.Text.Current(d)
		if err != nil || !namesAfter(s.c.Text, text, "CONSTRAINT", constraint) {
			continue
		}
		p := d.Piece()
		p.Text = text
		if text, err = s.c.Text.RenameTable(p, s.table, s.into); err == nil {
			out = append(out, text)
		}
	}
	return out
}

// namesAfter says whether a text has a keyword with a name behind it.
func namesAfter(t Text, text, word, name string) bool {
	src, toks := []byte(text), t.Tokens(text)
	for i := 0; i+1 < len(toks); i++ {
		if toks[i].Is(src, word) && identifier(toks[i+1].Span.Text(src)) == name {
			return true
		}
	}
	return false
}

// takeTrigger looks at the table's own triggers: what one makes of a value before
// the row is written is not made of the same value in the new table.
func (s *split) takeTrigger(t *splitText) error {
	src := []byte(t.piece.Text)
	before := slices.ContainsFunc(s.c.Text.Tokens(t.piece.Text), func(k tokenOf) bool { return k.Is(src, "BEFORE") })
	if before {
		s.before = append(s.before, t.Name.Name)
		if column := s.namedBy(t); column != "" {
			return Refuse("the trigger %s of %s fires before a row is written and knows %s: what it makes of a value is not made of it in %s; move it by hand", s.c.Q(t.Name.Name), s.at, column, s.to)
		}
	}
	if words := wordsOf(t.piece.Text); words["update"] && words["row"] && !words["of"] {
		s.note("A write to %s updates the row of %s, and the trigger %s fires for it.", s.to, s.at, s.c.Q(t.Name.Name))
	}
	if t.moves != "" {
		s.mustLetGo(t)
	}
	return nil
}

// namedBy is a column that goes and that a trigger, or its function, names.
func (s *split) namedBy(t *splitText) string {
	if t.moves != "" {
		return t.moves
	}
	called := wordsOf(t.piece.Text)
	for _, d := range s.c.State.Defs(s.table) {
		if d.Class != "function" || !called[strings.ToLower(d.Name.Name)] {
			continue
		}
		words := wordsOf(d.Text)
		for _, col := range s.columns {
			if words[strings.ToLower(col.Name)] {
				return col.q
			}
		}
	}
	return ""
}
