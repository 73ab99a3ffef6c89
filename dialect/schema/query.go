package schema

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// TableNames are the names of the tables that match, sorted.
func (s *State) TableNames(match func(change.Name) bool) []change.Name {
	var out []change.Name
	for _, t := range s.tables {
		if match(t.Name) {
			out = append(out, t.Name)
		}
	}
	sortNames(out)
	return out
}

// Referencing are the tables with a foreign key to a table, sorted.
func (s *State) Referencing(n change.Name) []change.Name {
	n = s.Resolve(n)
	var out []change.Name
	for _, t := range s.tables {
		if slices.ContainsFunc(t.Constraints, func(k *Constraint) bool { return k.Kind == change.ForeignKey && k.Ref == n }) {
			out = append(out, t.Name)
		}
	}
	sortNames(out)
	return out
}

// TablesWithType are the tables with a column of a user's type, sorted.
func (s *State) TablesWithType(typ change.Name) []change.Name {
	typ = s.Resolve(typ)
	var out []change.Name
	for _, t := range s.tables {
		if slices.ContainsFunc(t.Columns, func(c *Column) bool {
			return s.Resolve(change.Name{Schema: c.Type.Schema, Name: c.Type.Name}) == typ
		}) {
			out = append(out, t.Name)
		}
	}
	sortNames(out)
	return out
}

// HasCheckOn says whether a CHECK of the table names the column.
func (t *Table) HasCheckOn(column string) bool {
	return slices.ContainsFunc(t.Constraints, func(k *Constraint) bool {
		return k.Kind == change.Check && k.Validated && slices.ContainsFunc(k.Columns, func(n string) bool { return t.same(n, column) })
	})
}

func sortNames(names []change.Name) {
	slices.SortFunc(names, func(a, b change.Name) int { return strings.Compare(a.String(), b.String()) })
}
