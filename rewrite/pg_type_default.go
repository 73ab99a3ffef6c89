package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// swapDefault gives the new column the default, and what makes its numbers.
func (s *shadow) swapDefault() (forth, back []string) {
	alter := func(column, clause string) string {
		return "ALTER TABLE " + s.at + " ALTER COLUMN " + column + " " + clause
	}
	owned := s.c.State.OwnedBy(s.Table, s.Old)
	switch {
	case s.parts.Identity != "":
		return s.moveDefault(s.old, s.new), s.moveDefault(s.new, s.old)
	case s.swap.own && len(owned) == 0:
		return nil, []string{alter(s.new, "DROP DEFAULT")}
	case s.isSerial() || len(owned) > 0 || s.parts.Default != "" && !s.parts.Sequence.IsZero():
		forth, back = s.moveDefault(s.old, s.new), s.moveDefault(s.new, s.old)
		for i, sql := range forth {
			if strings.HasSuffix(sql, " DROP DEFAULT") {
				forth[i] = ignoring("drop-default-on-required-column", "the trigger fills it", sql)
			}
		}
		if s.swap.own {
			forth = append(forth, alter(s.new, "DROP DEFAULT"))
		}
		return forth, back
	case s.parts.Default == "":
		return nil, nil
	}
	return []string{s.copyDefault()}, []string{alter(s.new, "DROP DEFAULT")}
}

// copyDefault takes the default as the server has it: cast to the old type first,
// as the original leaves it. The old column keeps its own.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE
func (s *shadow) copyDefault() string {
	text := s.c.Text
	return "DO " + text.DollarQuote(fmt.Sprintf(`
BEGIN
  EXECUTE (SELECT %s || pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
   WHERE d.adrelid = %s::regclass AND a.attname = %s);
END
`, text.Literal("ALTER TABLE "+s.at+" ALTER COLUMN "+s.new+" SET DEFAULT "), text.Literal(s.at), text.Literal(s.Old)))
}

// swapLimits adapts the limits of an identity's sequence as the server does when
// its column's type changes: the old type's own become the new type's.
// https://www.postgresql.org/docs/current/sql-altersequence.html
func (s *shadow) swapLimits(from string) string {
	if !s.Swap {
		return ""
	}
	a, b := wholeWidth(s.swap.conv.old.Type().Name), wholeWidth(s.swap.conv.op.Type.Name)
	if from == s.new {
		a, b = b, a
	}
	least, greatest := wholeRange(a)
	toLeast, toGreatest := wholeRange(b)
	return fmt.Sprintf(`
  IF o.seqmax = %s THEN o.seqmax := %s; END IF;
  IF o.seqmin = %s THEN o.seqmin := %s; END IF;`, greatest, toGreatest, least, toLeast)
}

// noteSequences says where a sequence ends before the column does: only that of an
// identity changes its type with the column's.
func (s *shadow) noteSequences() {
	v := s.swap.conv
	if v.to != wholeFamily || wholeWidth(v.op.Type.Name) <= wholeWidth(v.old.Type().Name) || s.parts.Identity != "" || !s.isSerial() {
		return
	}
	_, greatest := wholeRange(wholeWidth(v.old.Type().Name))
	name := s.c.Text.QuoteName(s.parts.Sequence)
	for _, stmt := range s.c.Script.Stmts {
		for _, op := range stmt.Ops {
			if o, is := op.(*change.Object); is && o.Class == "sequence" && s.c.State.Resolve(o.Name) == s.parts.Sequence {
				return
			}
		}
	}
	s.note("The sequence %s still ends at %s, because the migration does not change it: ALTER SEQUENCE %s AS %s.", name, greatest, name, v.newType)
}
