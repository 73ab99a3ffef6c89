package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// Searched are the answers of Referencing, OwnedBy, ViewsOn and IndexesOf as a
// search through all that is known gives them.
func (s *State) Searched(n change.Name) (referencing, owned, views []change.Name, indexes []string) {
	n = s.Resolve(n)
	for _, t := range s.tables {
		if slices.ContainsFunc(t.Constraints, func(k *Constraint) bool { return k.Kind == change.ForeignKey && k.Ref == n }) {
			referencing = append(referencing, t.Name)
		}
	}
	for p, o := range s.belongs.all {
		if p.class == sequenceClass && o.table == n {
			owned = append(owned, p.name)
		}
	}
	for k, v := range s.views {
		if k != n && slices.Contains(v.tables, n) {
			views = append(views, k)
		}
	}
	for _, ix := range s.indexes.all {
		if ix.owner == s.key(n) {
			indexes = append(indexes, ix.Name)
		}
	}
	sortNames(referencing)
	sortNames(owned)
	sortNames(views)
	slices.Sort(indexes)
	return referencing, owned, views, indexes
}
