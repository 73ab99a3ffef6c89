package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// scoped is a table that a query reads, or a row that an expression is about.
type scoped struct {
	name          string // its alias, or its own name
	schema        string
	ours          bool
	table         bool // name is the table's own
	onlyQualified bool // NEW and OLD: a bare name is no column of theirs
	columns       []string
	known         bool
}

// scope is where names are looked up.
type scope struct {
	sources []scoped
	labels  bool // the query's columns keep their names
	outer   bool // it is around the outermost query, and holds only labels
	alias   bool // INSERT .. AS new: an unknown qualifier may be the row
}

// hit is what a column's name means.
type hit struct {
	source *scoped
	unsure bool
	others []scoped // that a bare name would also be looked up in
}

func (s scoped) has(column string) bool {
	return slices.ContainsFunc(s.columns, func(c string) bool { return strings.EqualFold(c, column) })
}

// lookup is the followed table's source that a name means, from the innermost scope
// outwards; nil where it means something else.
func (f *follower) lookup(scopes []*scope, name string, qualifier change.Name) *hit {
	if qualifier.Name != "" {
		return f.lookupQualified(scopes, qualifier)
	}
	if slices.ContainsFunc(f.locals, func(l string) bool { return strings.EqualFold(strings.Trim(l, "`"), name) }) {
		return nil // a variable goes before a column
	}
	h := &hit{}
	for n := len(scopes) - 1; n >= 0; n-- {
		sc := scopes[n]
		if source := f.bare(sc, name, h); source != nil {
			h.source = source
			return h
		}
		if f.taken(sc, name) {
			return nil
		}
		h.others = append(h.others, sc.sources...)
		h.unsure = h.unsure || slices.ContainsFunc(sc.sources, func(s scoped) bool { return !s.known && !s.onlyQualified })
	}
	return nil
}

// taken says whether a scope is known to have the column in another table.
func (f *follower) taken(sc *scope, name string) bool {
	return slices.ContainsFunc(sc.sources, func(s scoped) bool { return !s.ours && s.known && s.has(name) })
}

// bare is the followed table of a scope, where a bare name may be its column.
func (f *follower) bare(sc *scope, name string, h *hit) *scoped {
	i := slices.IndexFunc(sc.sources, func(s scoped) bool { return s.ours && !s.onlyQualified })
	if i < 0 || sc.sources[i].known && !sc.sources[i].has(name) && f.column == "" {
		return nil
	}
	others := slices.Delete(slices.Clone(sc.sources), i, i+1)
	others = slices.DeleteFunc(others, func(s scoped) bool { return s.onlyQualified })
	h.others = append(h.others, others...)
	// a column that the followed table is known to have is no other's: the name alone
	// would be ambiguous, and refused by the server
	if f.column == "" && !sc.sources[i].known {
		h.unsure = h.unsure || slices.ContainsFunc(others, func(s scoped) bool { return !s.known })
	}
	return &sc.sources[i]
}

// lookupQualified looks for the table or alias before a column.
func (f *follower) lookupQualified(scopes []*scope, q change.Name) *hit {
	for n := len(scopes) - 1; n >= 0; n-- {
		for i, s := range scopes[n].sources {
			if strings.EqualFold(s.name, q.Name) && (q.Schema == "" || s.schema == "" || strings.EqualFold(s.schema, q.Schema)) {
				if s.ours {
					return &hit{source: &scopes[n].sources[i]}
				}
				return nil
			}
		}
		if scopes[n].alias {
			return &hit{source: &scoped{name: q.Name}, unsure: true}
		}
	}
	return nil
}

// clashes says whether a bare name would be taken for another table's column.
func (h *hit) clashes(name string) bool {
	return slices.ContainsFunc(h.others, func(s scoped) bool { return !s.onlyQualified && (!s.known || s.has(name)) })
}
