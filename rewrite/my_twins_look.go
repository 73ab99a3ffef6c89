package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/schema"
)

// lookFirst are the steps that look for values which the new types have no place for.
// From the triggers on, a write of such a value fails: so none of the running versions
// may write one by then.
func (s *twins) lookFirst() ([]Step, error) {
	var out []Step
	for _, w := range s.all {
		condition, what := w.conv.unfit, w.conv.what
		if condition == "" {
			condition, what = w.conv.odd, "a value that is no member"
		}
		if condition == "" {
			continue
		}
		shown := w.of(w.old)
		query := "SELECT GROUP_CONCAT(found SEPARATOR ' / ') INTO @safemig FROM (\n" +
			"  SELECT " + s.rowKey() + " AS found FROM " + s.c.Table() + "\n" +
			"  WHERE " + filledIn(condition, s.c.Q(w.old)) + " LIMIT 5\n) AS odd"
		out = append(out, s.c.lookFor("look for values of "+shown+" that cannot become "+shownType(w.newType), Slug("look_at", s.t.Name.Name, w.old),
			query, shown+" has "+what+" where ("+s.keyList()+") is"))
	}
	pairs, err := s.lookForPairs()
	return append(out, pairs...), err
}

// keyList is the primary key, as it is written; rowKey is the one of a row as a text.
func (s *twins) keyList() string {
	quoted := make([]string, 0, len(s.key))
	for _, k := range s.key {
		quoted = append(quoted, s.c.Q(k))
	}
	return strings.Join(quoted, ", ")
}

func (s *twins) rowKey() string { return "CONCAT_WS(', ', " + s.keyList() + ")" }

// gate is what all steps before the job wait for: that no version writes what the new
// types have no place for.
func (s *twins) gate() *Gate {
	var deploy []string
	for _, w := range s.all {
		if w.conv.unfit != "" {
			deploy = append(deploy, "no running version writes to "+w.of(w.old)+" what the new "+shownType(w.newType)+" has no place for: "+w.conv.what)
		}
	}
	if deploy == nil {
		return nil
	}
	return &Gate{Deploy: deploy}
}

// gated are steps that wait for the gate, where they wait for nothing yet.
func (s *twins) gated(steps []Step) []Step {
	gate := s.gate()
	for i := range steps {
		if gate != nil && steps[i].Gate == nil {
			own := *gate
			steps[i].Gate = &own
		}
	}
	return steps
}

// lookForPairs looks for values that are different now and are one in the new
// collation: no unique index could be built over them.
// https://dev.mysql.com/doc/refman/8.4/en/charset-collation-effect.html
func (s *twins) lookForPairs() ([]Step, error) {
	var out []Step
	for _, ix := range s.c.State.IndexesOf(s.name) {
		if !ix.Unique || ix.Exprs || !s.collatesAnew(ix) {
			continue
		}
		if s.c.Target.Dialect == "mariadb" { // measured on 11.8: error 1712, or rows that the index has not
			return nil, Refuse("MariaDB may lose changes of %s from the unique index %s while that is built under another collation: copy the table with an engine", s.c.Table(), s.c.Q(ix.Name))
		}
		var parts, given, shown []string
		for _, n := range ix.Columns {
			part := s.c.Q(n)
			given, shown = append(given, part+" IS NOT NULL"), append(shown, "MIN("+part+")")
			if w := s.twinOf(n); w != nil {
				part = w.collated(part)
			}
			parts = append(parts, part)
		}
		query := "SELECT GROUP_CONCAT(twin SEPARATOR ' / ') INTO @safemig FROM (\n" +
			"  SELECT CONCAT_WS(', ', " + strings.Join(shown, ", ") + ") AS twin FROM " + s.c.Table() + "\n" +
			"  WHERE " + strings.Join(given, " AND ") + "\n" +
			"  GROUP BY " + strings.Join(parts, ", ") + " HAVING COUNT(*) > 1 LIMIT 5\n) AS twins"
		out = append(out, s.c.lookFor("look for rows that the unique index "+s.c.Q(ix.Name)+" could not tell apart any more", Slug("look_at", ix.Name),
			query, "rows of "+s.c.Table()+" are one for "+s.c.Q(ix.Name)))
		s.notes = append(s.notes, "From the step that builds "+s.c.Q(MadeName(ix.Name, "new"))+" on, the unique index takes values for one by the new collation, for the running version as well.")
	}
	return out, nil
}

// collatesAnew says whether an index has a text that may be compared in another way.
func (s *twins) collatesAnew(ix *schema.Index) bool {
	for _, n := range ix.Columns {
		if w := s.twinOf(n); w != nil && w.collated("") != "" {
			return true
		}
	}
	return false
}

// collated is a text as the new column compares it.
func (w *twin) collated(value string) string {
	if kindOfType(w.oldType.Name) != "text" || kindOfType(w.newType.Name) != "text" || w.newSet == (charset{}) || w.newSet == w.oldSet {
		return value
	}
	if w.newSet.name != "" {
		value = "CONVERT(" + value + " USING " + w.newSet.name + ")"
	}
	if w.newSet.collation != "" && w.newSet.name != "" {
		value += " COLLATE " + w.newSet.collation
	}
	return value
}

// charset is a character set and a collation of it; empty where they are not known.
type charset struct{ name, collation string }
