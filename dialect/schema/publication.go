package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// publication is what is sent to subscribers. It is never changed: copies of the
// state share it.
type publication struct {
	all     bool
	schemas []string
	tables  []change.Name
	listed  []change.Listed // those of tables of which it has some columns only
}

// Published are the tables that a publication is known to name.
func (s *State) Published(name string) []change.Name { return s.published[name].tables }

// PublishedWhole are the publications that send all columns of a table, those
// that it will have too, sorted.
func (s *State) PublishedWhole(table change.Name) []string {
	return s.sending(table, func([]string) bool { return false })
}

// PublishedWith are the publications that send a column of a table, sorted.
func (s *State) PublishedWith(table change.Name, column string) []string {
	return s.sending(table, func(listed []string) bool { return slices.Contains(listed, column) })
}

// PublishedAtAll are the publications that send a table, or some of it, sorted.
func (s *State) PublishedAtAll(table change.Name) []string {
	return s.sending(table, func([]string) bool { return true })
}

// sending are publications of a table; of one that lists columns it asks. Those of all
// tables leave out what is in no log.
func (s *State) sending(table change.Name, has func(columns []string) bool) []string {
	k := s.key(table)
	t := s.tables[k]
	logged := t == nil || !t.Unlogged && !t.Foreign
	var out []string
	for name, p := range s.published {
		if p.names(k, has) || logged && (p.all || slices.Contains(p.schemas, k.Schema)) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (p publication) names(table change.Name, has func(columns []string) bool) bool {
	for _, l := range p.listed {
		if l.Table == table {
			return has(l.Columns)
		}
	}
	return slices.Contains(p.tables, table)
}

func (s *State) publish(op *change.Object) {
	name, old, told := op.Name.Name, s.published[op.Name.Name], s.publicationIn(op)
	switch {
	case op.Verb == "drop":
		delete(s.published, name)
	case op.Verb == "rename":
		delete(s.published, name)
		s.published[op.To] = old
	case op.Verb == "create", op.Action == "set":
		s.published[name] = told
	case op.Action == "add":
		s.published[name] = publication{old.all, slices.Concat(old.schemas, told.schemas), slices.Concat(old.tables, told.tables), slices.Concat(old.listed, told.listed)}
	case op.Action == "drop":
		s.published[name] = publication{old.all, without(old.schemas, told.schemas), without(old.tables, told.tables), unlisted(old.listed, told.tables)}
	}
}

func (s *State) publicationIn(op *change.Object) publication {
	p := publication{all: op.Action == "all tables", schemas: op.Schemas}
	for _, n := range op.Tables {
		p.tables = append(p.tables, s.Resolve(n))
	}
	for _, l := range op.Listed {
		p.listed = append(p.listed, change.Listed{Table: s.Resolve(l.Table), Columns: l.Columns})
	}
	return p
}

// republish follows a table to its new name; the zero name is that of one that is gone.
func (s *State) republish(from, to change.Name) {
	for name, p := range s.published {
		if slices.Contains(p.tables, from) {
			s.published[name] = p.renamed(from, to)
		}
	}
}

func (p publication) renamed(from, to change.Name) publication {
	gone, listed := []change.Name{from}, p.listed
	p.tables, p.listed = without(p.tables, gone), unlisted(p.listed, gone)
	if to.IsZero() {
		return p
	}
	p.tables = append(p.tables, to)
	for _, l := range listed {
		if l.Table == from {
			p.listed = append(p.listed, change.Listed{Table: to, Columns: l.Columns})
		}
	}
	return p
}

// republishColumn follows a column to its new name.
func (s *State) republishColumn(table change.Name, from, to string) {
	for name, p := range s.published {
		for i, l := range p.listed {
			at := slices.Index(l.Columns, from)
			if l.Table != table || at < 0 {
				continue
			}
			p.listed = slices.Clone(p.listed)
			p.listed[i].Columns = slices.Concat(l.Columns[:at], []string{to}, l.Columns[at+1:])
			s.published[name] = p
		}
	}
}

func unlisted(list []change.Listed, gone []change.Name) []change.Listed {
	return slices.DeleteFunc(slices.Clone(list), func(l change.Listed) bool { return slices.Contains(gone, l.Table) })
}

func without[T comparable](list, gone []T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool { return slices.Contains(gone, v) })
}
