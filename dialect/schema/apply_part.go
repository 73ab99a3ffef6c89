package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// part is an object that lives and dies with a table.
type part struct {
	class string // "sequence", "statistics"
	name  change.Name
}

// TableOf is the table that a sequence or extended statistics belong to; zero
// where there is none, or none that is known.
func (s *State) TableOf(class string, name change.Name) change.Name {
	return s.belongs[part{class, s.key(name)}]
}

// Parts are the names of the sequences or statistics that match and belong to
// a table, or did, sorted.
func (s *State) Parts(class string, match func(change.Name) bool) []change.Name {
	var out []change.Name
	for p := range s.belongs {
		if p.class == class && match(p.name) {
			out = append(out, p.name)
		}
	}
	sortNames(out)
	return out
}

func (s *State) applyPart(op *change.Object) {
	p := part{op.Class, s.key(op.Name)}
	owner := s.belongs[p]
	switch {
	case op.Verb == "create":
		s.belongs[p] = s.Resolve(op.Table)
	case op.Verb == "drop":
		delete(s.belongs, p)
	case op.Verb == "rename":
		delete(s.belongs, p)
		s.belongs[part{op.Class, change.Name{Schema: p.name.Schema, Name: op.To}}] = owner
	case op.Action == "set schema":
		delete(s.belongs, p)
		s.belongs[part{op.Class, change.Name{Schema: op.To, Name: p.name.Name}}] = owner
	case op.Action == "owned by":
		s.belongs[p] = s.Resolve(op.Table)
	}
}

// ownSequence records the sequence that a serial or identity column makes.
// https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL
func (s *State) ownSequence(t *Table, c *Column) {
	if s.foldCase || c.Identity == "" && !isSerial(c.Type.Name) {
		return
	}
	name := change.Name{Schema: t.Name.Schema, Name: join(t.Name.Name, c.Name, "seq")}
	s.belongs[part{"sequence", name}] = t.Name
}

// Using are the tables with a column whose default calls nextval() for a
// sequence, sorted.
func (s *State) Using(sequence change.Name) []change.Name {
	sequence = s.Resolve(sequence)
	return s.TableNames(func(n change.Name) bool {
		return slices.ContainsFunc(s.tables[s.key(n)].Columns, func(c *Column) bool { return c.Sequence == sequence })
	})
}

// Published are the tables that a publication is known to name.
func (s *State) Published(publication string) []change.Name { return s.published[publication] }

func (s *State) publish(op *change.Object) {
	name := op.Name.Name
	tables := make([]change.Name, 0, len(op.Tables))
	for _, n := range op.Tables {
		tables = append(tables, s.Resolve(n))
	}
	old := s.published[name]
	switch {
	case op.Verb == "drop":
		delete(s.published, name)
	case op.Verb == "rename":
		delete(s.published, name)
		s.published[op.To] = old
	case op.Verb == "create", op.Action == "set":
		s.published[name] = tables
	case op.Action == "add":
		s.published[name] = slices.Concat(old, tables)
	case op.Action == "drop":
		s.published[name] = slices.DeleteFunc(slices.Clone(old), func(n change.Name) bool { return slices.Contains(tables, n) })
	}
}
