package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// untouched are assignments that keep columns with ON UPDATE CURRENT_TIMESTAMP as they
// are: that a job fills a column is no change of the row.
// https://dev.mysql.com/doc/refman/8.4/en/timestamp-initialization.html
func (s *twins) untouched() string {
	var out strings.Builder
	for _, col := range s.t.Columns {
		if col.OnUpdate != "" && !s.isTwin(col.Name) {
			q := s.c.Q(col.Name)
			out.WriteString(", " + q + " = " + q)
		}
	}
	return out.String()
}

// isTwin says whether a column of the table is one that gets another beside it.
func (s *twins) isTwin(column string) bool { return s.twinOf(column) != nil }

func (s *twins) twinOf(column string) *twin {
	for _, w := range s.all {
		if w.isOld(column) {
			return w
		}
	}
	return nil
}

// same is a condition that two values are one, byte by byte: a collation takes 'a'
// for 'A', and blanks at the end for nothing. Where the two columns have character
// sets of their own, both are compared in one that holds all characters. Two times are
// one by a clock that is put back. JSON is a text on MariaDB alone: MySQL takes 1 for
// 1.0, and leaves a row that has a trigger as it is where it is given the one for the
// other (measured on 9.7).
// https://dev.mysql.com/doc/refman/8.4/en/charset-binary-collations.html
func (w *twin) same(x, y string) string {
	texts := w.isText(w.oldType) && w.isText(w.newType)
	switch {
	case w.swap && (texts || w.numerals()):
		return bytesOf(x) + " <=> " + bytesOf(y)
	case texts:
		return "CAST(" + x + " AS BINARY) <=> CAST(" + y + " AS BINARY)"
	case w.oldType.Name == "timestamp" && w.newType.Name == "timestamp":
		return "UNIX_TIMESTAMP(" + x + ") <=> UNIX_TIMESTAMP(" + y + ")"
	}
	return x + " <=> " + y
}

// numerals says whether a number becomes a text: which character set that is compared
// in, servers do not agree on (error 1267, measured on MariaDB 11.8).
func (w *twin) numerals() bool {
	return !w.isText(w.oldType) && schema.IsCharacterType(w.newType.Name) && schema.IntegerBytes(w.oldType.Name) > 0
}

func (s *twins) isText(t change.Type) bool {
	return schema.IsCharacterType(t.Name) || t.Name == "json" && s.c.Target.Dialect == "mariadb"
}

// bytesOf is a text as the bytes that it has in utf8mb4.
func bytesOf(text string) string { return "CAST(CONVERT(" + text + " USING utf8mb4) AS BINARY)" }

// job copies what the triggers have not.
func (s *twins) job() Step {
	q, set, owed := s.c.Q, []string{}, []string{}
	for _, w := range s.all {
		set = append(set, q(w.new)+" = "+w.converted(q(w.old)))
		owed = append(owed, "NOT ("+w.same(q(w.new), w.conv.compared(q(w.old)))+")")
	}
	to := q(s.all[0].new)
	if len(s.all) > 1 {
		to = "the columns beside them"
	}
	return Step{
		Phase: Copy, Title: "copy " + s.olds() + " to " + to, Slug: Slug("copy", s.t.Name.Name, s.tag()),
		Backfill: &Backfill{
			Table: s.c.State.Resolve(s.name), Key: s.key, Set: strings.Join(set, ", ") + s.untouched(), Where: strings.Join(owed, " OR "),
		},
	}
}

// converted is one column's value as the other has it; the same both ways, because the
// triggers go on when the names have been swapped.
func (w *twin) converted(value string) string {
	if w.isMoment() {
		return momentOf("UNIX_TIMESTAMP(" + value + ")")
	}
	return w.conv.assigned(value)
}
