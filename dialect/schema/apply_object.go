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
	case "type", "enum", "domain":
		s.applyType(op)
	case "function":
		s.applyFunction(op)
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
		if t := s.types[k]; t != nil && op.To != "" {
			delete(s.types, k)
			s.types[change.Name{Schema: k.Schema, Name: op.To}] = t
		}
	case "alter":
		s.alterType(k, op)
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
	maps.DeleteFunc(s.belongs, func(p part, _ change.Name) bool { return inSchema(p.name) })
}
