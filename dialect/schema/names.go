package schema

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/safemig/safemig/dialect/change"
)

// IndexName is the name that an index has, or that the server gives it where the
// statement does not name it: the first that is free, as far as is known.
func (s *State) IndexName(op *change.CreateIndex) string {
	if op.Name != "" {
		return op.Name
	}
	t := s.Table(op.Table)
	if t == nil {
		t = &Table{Name: s.Resolve(op.Table), foldCase: s.foldCase}
	}
	return s.chooseIndexName(t, op)
}

// ConstraintName is the name that a constraint has, or that the server gives it
// where the statement does not name it.
func (s *State) ConstraintName(table change.Name, c change.Constraint) string {
	if c.Name != "" {
		return c.Name
	}
	t := s.Table(table)
	if t == nil {
		t = &Table{Name: s.Resolve(table), foldCase: s.foldCase}
	}
	return s.chooseName(t, c)
}

// chooseIndexName is the name that the server gives an unnamed index. On
// PostgreSQL what it INCLUDEs is in it too.
// ChooseIndexColumnNames in PostgreSQL's indexcmds.c
func (s *State) chooseIndexName(t *Table, op *change.CreateIndex) string {
	if s.foldCase {
		for _, k := range op.Keys {
			if k.Column != "" {
				return s.freeIndexName(t, k.Column)
			}
		}
		return s.freeIndexName(t, "functional_index")
	}
	var parts []string
	for _, k := range op.Keys {
		name := k.Column
		if name == "" {
			name = k.Label
		}
		if name == "" {
			name = "expr"
		}
		parts = append(parts, free(name, func(n string) bool { return slices.Contains(parts, n) }))
	}
	for _, name := range op.Include {
		parts = append(parts, free(name, func(n string) bool { return slices.Contains(parts, n) }))
	}
	return s.freeName(t, strings.Join(parts, "_"), "idx")
}

// chooseName is the name that the server gives an unnamed constraint.
// https://www.postgresql.org/docs/current/ddl-constraints.html, ChooseConstraintName in PostgreSQL's source
func (s *State) chooseName(t *Table, c change.Constraint) string {
	if s.foldCase {
		return s.mysqlName(t, c)
	}
	columns := strings.Join(c.Columns, "_")
	switch c.Kind {
	case change.PrimaryKey:
		return s.freeName(t, "", "pkey")
	case change.Unique:
		return s.freeName(t, strings.Join(slices.Concat(c.Columns, c.Include), "_"), "key")
	case change.ForeignKey:
		return s.freeName(t, columns, "fkey")
	case change.Exclude:
		return s.freeName(t, columns, "excl")
	case change.NotNull:
		return s.freeName(t, columns, "not_null")
	case change.Check:
		if c.Expr != nil && len(c.Expr.Columns) == 1 {
			return s.freeName(t, c.Expr.Columns[0], "check")
		}
		return s.freeName(t, "", "check")
	}
	return ""
}

// mostNamed is more constraints than any table has: to look for the number that each
// would get there takes time with the third power of their count.
const mostNamed = 1000

// freeName builds a name that no relation of the schema and no constraint of the
// table has: its last part is numbered from 1 on.
// ChooseRelationName in PostgreSQL's indexcmds.c
func (s *State) freeName(t *Table, column, label string) string {
	if n := len(t.Constraints); n > mostNamed {
		return join(t.Name.Name, column, label+strconv.Itoa(n))
	}
	for i := 0; ; i++ {
		numbered := label
		if i > 0 {
			numbered += strconv.Itoa(i)
		}
		n := change.Name{Schema: t.Name.Schema, Name: join(t.Name.Name, column, numbered)}
		if t.Constraint(n.Name) == nil && !s.isRelation(n) {
			return n.Name
		}
	}
}

// isRelation says whether a table, view, index or sequence is known to have the name.
func (s *State) isRelation(n change.Name) bool {
	_, isView := s.views[n]
	_, isSequence := s.belongs.all[part{sequenceClass, n}]
	return isView || isSequence || s.tables[n] != nil || s.indexes.all[n] != nil
}

// free numbers a name from 1 on where it is taken.
func free(name string, taken func(string) bool) string {
	found := name
	for n := 1; taken(found); n++ {
		found = name + strconv.Itoa(n)
	}
	return found
}

// join builds a name of at most 63 bytes as PostgreSQL's makeObjectName does:
// the longer of the first two parts is cut until all fits, and no letter is cut
// in two.
func join(table, column, label string) string {
	room := 63 - len(label) - 1
	if column != "" {
		room--
	}
	first, second := len(table), len(column)
	for first+second > room {
		if first > second {
			first--
		} else {
			second--
		}
	}
	table, column = clip(table, first), clip(column, second)
	if column == "" {
		return table + "_" + label
	}
	return table + "_" + column + "_" + label
}

// clip cuts a text to at most n bytes.
func clip(s string, n int) string {
	for n < len(s) && n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
