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
	for by := range s.keysTo[n] {
		t := s.tables[by]
		if t != nil && slices.ContainsFunc(t.Constraints, func(k *Constraint) bool { return k.Kind == change.ForeignKey && k.Ref == n }) {
			out = append(out, t.Name)
		}
	}
	sortNames(out)
	return out
}

// TablesWithType are the tables with a column of a user's type, or of a domain
// over it, and those that are of a composite type, sorted.
func (s *State) TablesWithType(typ change.Name) []change.Name {
	types := s.domainsOver(s.Resolve(typ))
	return s.TableNames(func(n change.Name) bool {
		t := s.tables[s.key(n)]
		return slices.Contains(types, t.OfType) || slices.ContainsFunc(t.Columns, func(c *Column) bool {
			return slices.Contains(types, s.Resolve(change.Name{Schema: c.Type().Schema, Name: c.Type().Name}))
		})
	})
}

// TablesOf are the tables that are OF a composite type, sorted.
func (s *State) TablesOf(typ change.Name) []change.Name {
	typ = s.Resolve(typ)
	return s.TableNames(func(n change.Name) bool { return s.tables[s.key(n)].OfType == typ })
}

// domainsOver is a type and the domains over it, of any depth.
func (s *State) domainsOver(typ change.Name) []change.Name {
	found := []change.Name{typ}
	for i := 0; i < len(found); i++ {
		for _, u := range s.types {
			base := s.Resolve(change.Name{Schema: u.BaseType.Schema, Name: u.BaseType.Name})
			if u.Class == "domain" && base == found[i] && !slices.Contains(found, u.Name) {
				found = append(found, u.Name)
			}
		}
	}
	return found
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
