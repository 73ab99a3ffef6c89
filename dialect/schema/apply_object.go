package schema

import (
	"maps"
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func (s *State) applyObject(op *change.Object) {
	switch op.Class {
	case "view", "materialized view":
		s.applyView(op)
	case "sequence", "statistics":
		s.applyPart(op)
	case "publication":
		s.publish(op)
	case "policy":
		s.applyPolicy(op)
	case "type", "enum", "domain":
		s.applyType(op)
	case "function":
		s.applyFunction(op)
		s.applyRoutine(op)
	case "procedure", "routine":
		s.applyRoutine(op)
	case "schema":
		if op.Verb == "drop" {
			s.dropSchema(op.Name.Name)
		}
	}
}

func (s *State) applyType(op *change.Object) {
	k := s.key(op.Name)
	switch op.Verb {
	case "create":
		t := &UserType{Name: s.Resolve(op.Name), Class: op.Class, Values: slices.Clone(op.Values), CreatedFile: s.file}
		if op.Class == "domain" {
			t.Constrained, t.Default = op.Constraint != nil, op.Default
			if op.Type != nil {
				t.Base, t.BaseType = op.Type.Name, *op.Type
			}
		}
		s.types[k] = t
	case "drop":
		delete(s.types, k)
	case "rename":
		s.moveType(k, change.Name{Schema: k.Schema, Name: op.To})
	case "alter":
		if op.Action == "set schema" {
			s.moveType(k, change.Name{Schema: op.To, Name: k.Name})
			return
		}
		s.alterType(k, op)
	}
}

// moveType gives a type a new name, in the columns and domains that have it too.
func (s *State) moveType(from, to change.Name) {
	if to.Name == "" || to.Schema == "" {
		return
	}
	if old := s.types[from]; old != nil {
		t := *old
		t.Name = to
		delete(s.types, from)
		s.types[to] = &t
	}
	for _, t := range s.tables {
		for _, c := range t.Columns {
			if typ := c.Type(); s.renameIn(&typ, from, to) {
				c.typ = s.shared(typ)
			}
		}
		if t.OfType == from {
			t.OfType = to
		}
	}
	for k, old := range s.types {
		t := *old
		if s.renameIn(&t.BaseType, from, to) {
			t.Base = to.Name
			s.types[k] = &t
		}
	}
}

// renameIn gives a type its new name where it is the one that was renamed.
func (s *State) renameIn(t *change.Type, from, to change.Name) bool {
	if t.Name == "" || s.key(change.Name{Schema: t.Schema, Name: t.Name}) != from {
		return false
	}
	t.Schema, t.Name = to.Schema, to.Name
	return true
}

// applyPolicy follows a table's row-level security policies.
// https://www.postgresql.org/docs/current/sql-createpolicy.html
func (s *State) applyPolicy(op *change.Object) {
	if op.Table.IsZero() {
		return
	}
	t := s.ensure(op.Table)
	is := func(n string) bool { return n == op.Name.Name }
	switch op.Verb {
	case "create":
		t.Policies = append(t.Policies, op.Name.Name)
	case "drop":
		t.Policies = slices.DeleteFunc(t.Policies, is)
	case "rename":
		if i := slices.IndexFunc(t.Policies, is); i >= 0 {
			t.Policies[i] = op.To
		}
	}
}

func (s *State) alterType(k change.Name, op *change.Object) {
	t := s.types[k]
	if t == nil {
		t = &UserType{Name: s.Resolve(op.Name), Class: op.Class}
		s.types[k] = t
	}
	switch op.Action {
	case "add value":
		t.Class = "enum"
		t.Values = append(t.Values, op.Values...)
		if t.CreatedFile != s.file {
			t.AddedInTx = append(t.AddedInTx, op.Values...)
		}
	case "add constraint", "set not null":
		t.Constrained = true
	}
}

func (s *State) dropSchema(name string) {
	for k := range s.tables {
		if k.Schema == name {
			s.dropTable(k)
		}
	}
	inSchema := func(k change.Name) bool { return k.Schema == name }
	maps.DeleteFunc(s.types, func(k change.Name, _ *UserType) bool { return inSchema(k) })
	maps.DeleteFunc(s.views, func(k change.Name, _ view) bool { return inSchema(k) })
	maps.DeleteFunc(s.routines, func(k change.Name, _ []routine) bool { return inSchema(k) })
	for p := range s.belongs.all {
		if inSchema(p.name) {
			s.dropPart(p)
		}
	}
}
