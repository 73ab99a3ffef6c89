package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// view is what is known of a view or a materialized view.
type view struct {
	file         int           // the file that created it, 0 where it is not known
	tables       []change.Name // what its query reads, with their schemas
	columns      []string      // the columns that it names, "*" among them
	result       []string      // what its columns are called, in their order; none where it is not known
	materialized bool
}

func (s *State) applyView(op *change.Object) {
	k := s.key(op.Name)
	switch {
	case op.Verb == "create":
		s.createView(k, op)
	case op.Verb == "drop":
		delete(s.views, k)
		if op.Cascade {
			for _, n := range s.ViewsOn(k) {
				delete(s.views, s.key(n))
			}
		}
	case op.Verb == "rename" && op.To != "":
		s.renameView(k, change.Name{Schema: k.Schema, Name: op.To})
	case op.Action == renameColumn && len(op.Columns) == 1:
		s.renameResult(k, op.Columns[0], op.To)
	case op.Action == "set schema":
		s.renameView(k, change.Name{Schema: op.To, Name: k.Name})
	}
}

// createView keeps the age of a view that is only replaced.
func (s *State) createView(k change.Name, op *change.Object) {
	v, old := s.views[k]
	if !old {
		v.file = s.file
	}
	v.materialized, v.columns, v.result = op.Class == "materialized view", op.Columns, s.resultOf(op)
	v.tables = make([]change.Name, 0, len(op.Tables))
	for _, n := range op.Tables {
		v.tables = append(v.tables, s.Resolve(n))
		s.readers.add(s.Resolve(n), k)
	}
	s.views[k] = v
}

func (s *State) renameView(from, to change.Name) {
	v, ok := s.views[from]
	if !ok {
		return
	}
	delete(s.views, from)
	s.views[to] = v
	for _, n := range v.tables {
		s.readers.add(n, to)
	}
	s.renameInViews(from, to)
}

// renameInViews follows a renamed table or view in the views that read it.
func (s *State) renameInViews(from, to change.Name) {
	for k := range s.readers[from] {
		v := s.views[k]
		if slices.Contains(v.tables, from) {
			v.tables = slices.Clone(v.tables)
			for i, n := range v.tables {
				if n == from {
					v.tables[i] = to
				}
			}
			s.views[k] = v
		}
	}
	s.readers.renamed(from, to)
}

// ViewTables are the tables and views that a view's query names.
func (s *State) ViewTables(n change.Name) []change.Name { return s.views[s.key(n)].tables }

// IsMaterialized says whether the name is known to be a materialized view.
func (s *State) IsMaterialized(n change.Name) bool { return s.views[s.key(n)].materialized }

// ViewsOn are the views that read a table or view, and those that read them in
// turn, sorted.
func (s *State) ViewsOn(n change.Name) []change.Name {
	found := []change.Name{s.Resolve(n)}
	known := map[change.Name]bool{found[0]: true}
	for i := 0; i < len(found); i++ {
		for k := range s.readers[found[i]] {
			if slices.Contains(s.views[k].tables, found[i]) && !known[k] {
				known[k] = true
				found = append(found, k)
			}
		}
	}
	found = found[1:]
	sortNames(found)
	return found
}

// ViewsOnColumn are the views that name a table's column, and those that read
// them in turn, sorted.
func (s *State) ViewsOnColumn(table change.Name, column string) []change.Name {
	var out []change.Name
	table = s.Resolve(table)
	for k := range s.readers[table] {
		v := s.views[k]
		if slices.Contains(v.tables, table) && (slices.Contains(v.columns, column) || slices.Contains(v.columns, "*")) {
			out = append(out, k)
			out = append(out, s.ViewsOn(k)...)
		}
	}
	sortNames(out)
	return slices.Compact(out)
}

// ViewNames are the names of the views that match, sorted.
func (s *State) ViewNames(match func(change.Name) bool) []change.Name {
	var out []change.Name
	for k := range s.views {
		if match(k) {
			out = append(out, k)
		}
	}
	sortNames(out)
	return out
}
