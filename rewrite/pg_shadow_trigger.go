package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/token"
)

// takeTrigger has a trigger that fires for one column fire for the other as well.
func (s *shadow) takeTrigger(d *dependent) error {
	if d.Of != s.Table {
		if d.names {
			return s.refuseOther(d)
		}
		return nil
	}
	s.noteTrigger(d)
	if s.givesName(d) {
		return Refuse("trigger %s hands the name %s to its function, which reads the row by it: do it in a window", s.c.Q(d.Name.Name), s.old)
	}
	if !d.names {
		return nil
	}
	s.known = append(s.known, "trigger "+d.Name.Name+" on "+bare(d.Of))
	if s.Swap {
		s.swapTrigger(d)
		return nil
	}
	after, err := s.renamed(d.piece)
	if err != nil {
		return err
	}
	dual, err := s.forBoth(d)
	if err != nil {
		return err
	}
	said := s.saidOf(s.Table, "TRIGGER", d.Name.Name)
	s.triggers = append(s.triggers, shadowTrigger{
		drop:   fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", s.c.Q(d.Name.Name), s.at),
		before: d.piece.Text, dual: dual, after: after.Text, said: said,
	})
	return nil
}

// givesName says whether a trigger's function gets the column's name as an argument.
func (s *shadow) givesName(d *dependent) bool {
	src := []byte(d.piece.Text)
	return slices.ContainsFunc(s.c.Text.Tokens(d.piece.Text), func(k tokenOf) bool {
		text := k.Span.Text(src)
		return k.Kind == token.String && strings.Trim(text, "'") == s.Old
	})
}

// forBoth adds the new column to UPDATE OF. A WHEN clause stays: what it reads is
// in step when the trigger fires, unless it fires before the row is written.
func (s *shadow) forBoth(d *dependent) (string, error) {
	refs, err := s.c.Text.ColumnRefs(d.piece, s.Table)
	if err != nil {
		return "", asRefusal(err)
	}
	text := d.piece.Text
	for _, r := range slices.Backward(refs) {
		switch {
		case r.Column != s.Old:
		case !r.Expr:
			text = text[:r.Span.End] + ", " + s.new + text[r.Span.End:]
		case s.firesBefore(d):
			return "", Refuse("trigger %s looks at %s in its WHEN before the two columns are in step: do it in a window, or have it fire after the row is written", s.c.Q(d.Name.Name), s.old)
		}
	}
	return text, nil
}

func (s *shadow) firesBefore(d *dependent) bool {
	src := []byte(d.piece.Text)
	return slices.ContainsFunc(s.c.Text.Tokens(d.piece.Text), func(k tokenOf) bool { return k.Is(src, "BEFORE") })
}

// noteTrigger says what the backfill does to the table's own triggers.
func (s *shadow) noteTrigger(d *dependent) {
	words := wordsOf(d.piece.Text)
	if words["update"] && words["row"] && !words["of"] {
		s.note("The backfill updates rows of %s, and the trigger %s fires for each of them.", s.at, s.c.Q(d.Name.Name))
	}
}
