package leftover

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func (f *finder) constraints(t *table) {
	for _, c := range t.constraints {
		l, is := f.constraint(t, c)
		if is {
			f.add(t, c.name, c.at, l)
		}
	}
}

func (f *finder) constraint(t *table, c constraint) (Leftover, bool) {
	name, drop := shown(t.name), f.alter(t, "DROP CONSTRAINT "+f.q(c.name))
	switch {
	case !c.enforced:
		return f.notEnforced(t, c), true
	case !c.valid:
		return Leftover{
			Kind: NotValid, Why: "the rows of " + name + " that were there before " + c.name + " were never checked: " + broken(c),
			Remedy: f.alter(t, "VALIDATE CONSTRAINT "+f.q(c.name)) + ", in a migration of its own",
		}, true
	case f.isHelper(t, c):
		return Leftover{
			Kind: HelperCheck, Why: c.columns[0] + " of " + name + " is NOT NULL: " + c.name + " checks the same again for every row that is written",
			Remedy: drop,
		}, true
	case isOurs(c.name):
		return Leftover{Kind: OurObject, Why: c.name + " of " + name + " was made for a while" + ofOurs, Remedy: drop}, true
	}
	base := guessedTwinOf(c.name, "_new", "_old", "_v2", "_tmp")
	for _, o := range t.constraints {
		if base != "" && strings.EqualFold(o.name, base) && o.kind == c.kind && sameNames(o.columns, c.columns) && len(c.columns) > 0 && c.late {
			return Leftover{
				Kind: TwinConstraint, Why: c.name + " stands beside " + o.name + " of " + name + ", on the same columns: rows must meet both",
				Remedy: "drop the one that is to go: " + f.alter(t, "DROP CONSTRAINT "+f.q(o.name)) + ", or " + drop,
			}, true
		}
	}
	return Leftover{}, false
}

// broken says what rows that were not checked may be like.
func broken(c constraint) string {
	switch c.kind {
	case change.ForeignKey:
		return "some may refer to a row that is not there"
	case change.NotNull:
		return "some may be NULL, and PostgreSQL plans as if they were"
	}
	return "some may break it, and PostgreSQL does not rely on it"
}

func (f *finder) notEnforced(t *table, c constraint) Leftover {
	l := Leftover{
		Kind: NotEnforced, Why: c.name + " of " + shown(t.name) + " is NOT ENFORCED: the server takes rows that break it",
		Remedy: "when the rows are right: " + f.alter(t, "ALTER CHECK "+f.q(c.name)+" ENFORCED") + "; or drop it",
	}
	switch {
	case f.isPostgres() && c.kind == change.ForeignKey:
		l.Remedy = "when the rows are right: " + f.alter(t, "ALTER CONSTRAINT "+f.q(c.name)+" ENFORCED") + "; or drop it"
	case f.isPostgres():
		l.Remedy = "add the same check NOT VALID under another name, validate it, then " + f.alter(t, "DROP CONSTRAINT "+f.q(c.name))
	}
	return l
}

// isHelper says whether a CHECK says of a column that is NOT NULL no more than that.
func (f *finder) isHelper(t *table, c constraint) bool {
	if c.kind != change.Check || len(c.columns) != 1 || !c.late {
		return false
	}
	column := t.column(c.columns[0])
	return column != nil && column.notNull && f.saysNotNull(c.definition, column.name)
}

// saysNotNull says whether a CHECK, or its condition, is: column IS NOT NULL.
func (f *finder) saysNotNull(definition, column string) bool {
	var said []string
	depth := 0
	words := wordsOf(f.sql, definition)
	words = words[slices.IndexFunc(words, func(w word) bool { return w.is("check") })+1:]
	for _, w := range words {
		switch {
		case w.text == "(":
			depth++
		case w.text == ")":
			depth--
		case depth == 0 && len(said) > 0 && said[len(said)-1] == "null": // NOT VALID, NO INHERIT
			return isNotNull(said, column)
		default:
			said = append(said, w.text)
		}
	}
	return isNotNull(said, column)
}

func isNotNull(said []string, column string) bool {
	return len(said) == 4 && strings.EqualFold(said[0], column) && slices.Equal(said[1:], []string{"is", "not", "null"})
}

func sameNames(a, b []string) bool { return slices.EqualFunc(a, b, strings.EqualFold) }
