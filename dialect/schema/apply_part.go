package schema

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// part is an object that lives and dies with a table.
type part struct {
	class string // "sequence", "statistics"
	name  change.Name
}

// owner is what a part belongs to; a sequence to one column.
type owner struct {
	table  change.Name
	column string
}

// TableOf is the table that a sequence or extended statistics belong to; zero
// where there is none, or none that is known.
func (s *State) TableOf(class string, name change.Name) change.Name {
	return s.belongs.all[part{class, s.key(name)}].table
}

// Parts are the names of the sequences or statistics that match and belong to
// a table, or did, sorted.
func (s *State) Parts(class string, match func(change.Name) bool) []change.Name {
	var out []change.Name
	for p := range s.belongs.all {
		if p.class == class && match(p.name) {
			out = append(out, p.name)
		}
	}
	sortNames(out)
	return out
}

func (s *State) applyPart(op *change.Object) {
	p := part{op.Class, s.key(op.Name)}
	_, known := s.belongs.all[p]
	switch {
	case op.Verb == "create" && known && op.IfNotExists:
	case op.Verb == "create":
		s.belongs.put(p, s.ownerIn(op))
	case op.Verb == "drop":
		s.dropPart(p)
	case op.Verb == "rename":
		s.movePart(p, change.Name{Schema: p.name.Schema, Name: op.To})
	case op.Action == "set schema":
		s.movePart(p, change.Name{Schema: op.To, Name: p.name.Name})
	case slices.Contains(strings.Split(op.Action, ", "), "owned by"):
		s.belongs.put(p, s.ownerIn(op))
	}
}

// ownerIn is what a statement makes a part belong to; zero for NONE.
func (s *State) ownerIn(op *change.Object) owner {
	if op.Table.IsZero() {
		return owner{}
	}
	o := owner{table: s.Resolve(op.Table)}
	if op.Class == sequenceClass && len(op.Columns) > 0 {
		o.column = op.Columns[0]
	}
	return o
}

func (s *State) dropPart(p part) {
	if p.class == sequenceClass {
		s.dropSequence(p.name)
		return
	}
	s.belongs.drop(p)
}

func (s *State) movePart(p part, to change.Name) {
	if p.class == sequenceClass {
		s.moveSequence(p.name, to)
		return
	}
	o := s.belongs.all[p]
	s.belongs.drop(p)
	s.belongs.put(part{p.class, to}, o)
}
