package rewrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/schema"
)

// splitText is a text about the table, and which of its columns it names.
type splitText struct {
	schema.Def
	piece        schema.Piece // the text as it holds now
	moves, stays string       // the first column of each kind that it names, quoted
}

// collect goes through all that is said about the table, or names it.
func (s *split) collect() error {
	s.deploy = []string{"no running version reads or writes " + s.shownColumns() + "; all of them use " + s.to}
	s.notesForAll()
	if err := s.refuseGenerated(); err != nil {
		return err
	}
	for _, d := range s.c.State.Defs(s.table) {
		if d.Class == "table" || d.Class == "column" {
			continue
		}
		text, err := s.examine(d)
		if err != nil {
			return err
		}
		if err := s.take(&text); err != nil {
			return err
		}
	}
	for _, col := range s.columns {
		if col.Default != "" {
			s.known = append(s.known, "default value for "+bare(s.table)+"."+col.Name)
		}
	}
	return nil
}

func (s *split) shownColumns() string {
	return joinColumns(s.columns, ", ", func(c splitColumn) string { return s.at + "." + c.q })
}

// notesForAll are what every split must be known for.
func (s *split) notesForAll() {
	columns := list(s.columns, "")
	s.note("Deploy the version that uses %s when the backfill is done. It puts a row into %s in the transaction that puts one into %s, or by INSERT .. ON CONFLICT (%s) DO UPDATE: a row of %s that has none when its transaction ends gets one, with what is in %s.",
		s.to, s.to, s.at, list(s.key, ""), s.at, columns)
	s.note("As long as both tables have the columns, a write to %[1]s locks its row there and then the one in %[2]s, and so does an INSERT into %[2]s, ON CONFLICT DO UPDATE too. No trigger can see to that for an UPDATE or DELETE in %[2]s: the server locks the row first. Where a write to %[1]s waits for that row at that moment, the UPDATE or DELETE in %[2]s fails at once with 40P01, and is to be tried again; the write to %[1]s goes on. Measured: up to 1 in 20 where four sessions do nothing but UPDATE the same ten rows, none where it is a thousand rows. It never happens to a transaction that begins with the row of %[1]s (SELECT .. FOR NO KEY UPDATE).",
		s.at, s.to)
	s.note("As long as both tables have the columns, a row that is deleted from %s alone leaves its row of %s with NULL, or the default, in %s; the backfill would make it again. TRUNCATE of %s needs CASCADE, and that of %s alone is seen by no trigger.",
		s.to, s.at, columns, s.at, s.to)
}

// refuseGenerated refuses where a column that stays is made of one that goes.
func (s *split) refuseGenerated() error {
	for _, col := range s.t.Columns {
		parts, known := s.c.State.ColumnDef(s.table, col.Name)
		if !known || parts.Generated == "" || s.moves(col.Name) {
			continue
		}
		refs, err := s.c.Text.ColumnRefs(schema.Piece{Kind: schema.ExpressionPiece, Text: parts.Generated, Of: s.table, Schema: s.table.Schema}, s.table)
		if err != nil || slices.ContainsFunc(refs, func(r schema.Ref) bool { return s.moves(r.Column) }) {
			return Refuse("the generated column %s.%s is made of a column that would go: drop it first", s.at, s.c.Q(col.Name))
		}
	}
	return nil
}

// examine reads a text as it holds now, and finds which columns it names. One
// that cannot be followed counts as naming those whose names are words of it.
func (s *split) examine(d schema.Def) (splitText, error) {
	t := splitText{Def: d, piece: d.Piece()}
	refs, err := s.refsIn(&t)
	var problem *schema.PieceError
	if errors.As(err, &problem) {
		s.guess(&t, d.Text, problem.Problem)
		err = nil
	}
	for _, r := range refs {
		s.names(&t, r.Column)
	}
	return t, err
}

// refsIn is where a text names columns.
func (s *split) refsIn(t *splitText) ([]schema.Ref, error) {
	text, err := s.c.Text.Current(t.Def)
	if err != nil {
		return nil, err
	}
	t.piece.Text = text
	if t.Inline {
		if t.piece.Text, err = s.c.Text.TableConstraint(text, t.Column); err != nil {
			return nil, err
		}
		t.piece.Kind = schema.ConstraintPiece
	}
	if (t.Class == "function" || t.Class == "procedure") && !strings.Contains(strings.ToUpper(text), "ATOMIC") {
		return nil, &schema.PieceError{Problem: "body", Message: "its body is a text"}
	}
	return s.c.Text.ColumnRefs(t.piece, s.table)
}

func (s *split) names(t *splitText, column string) {
	switch {
	case s.moves(column) && t.moves == "":
		t.moves = s.c.Q(column)
	case !s.moves(column) && !s.isKey(column) && t.stays == "":
		t.stays = s.c.Q(column)
	}
}

func (s *split) guess(t *splitText, text, problem string) {
	words := wordsOf(text)
	for _, col := range s.t.Columns {
		if words[strings.ToLower(col.Name)] || problem == "star" && s.moves(col.Name) {
			s.names(t, col.Name)
		}
	}
}

// take files a text away by what it is.
func (s *split) take(t *splitText) error {
	own := t.Of == s.table
	switch t.Class {
	case "constraint":
		return s.takeConstraint(t)
	case "index":
		return s.takeIndex(t)
	case "statistics":
		return s.takeStatistics(t)
	case "option", "owner", "comment", "security label", "grant":
		if own {
			return s.takeSaid(t)
		}
		return nil
	case "trigger":
		if own {
			return s.takeTrigger(t)
		}
	case "policy":
		if own {
			return s.refuseRowSecurity()
		}
	case "publication":
		s.note("%s is in the publication %s, and %s is not: add it where subscribers need it.", s.at, s.c.Q(t.Name.Name), s.to)
	}
	if t.moves != "" {
		s.mustLetGo(t)
	}
	return nil
}
