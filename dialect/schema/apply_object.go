package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func (s *State) applyObject(op *change.Object) {
	switch op.Class {
	case "view", "materialized view":
		s.applyView(op)
	case "type", "enum", "domain":
		s.applyType(op)
	case "schema":
		if op.Verb == "drop" {
			s.dropSchema(op.Name.Name)
		}
	}
}

func (s *State) applyView(op *change.Object) {
	k := s.key(op.Name)
	switch {
	case op.Verb == "create":
		s.createView(k)
	case op.Verb == "drop":
		delete(s.views, k)
	case op.Verb == "rename" && op.To != "":
		s.views[change.Name{Schema: k.Schema, Name: op.To}] = s.views[k]
		delete(s.views, k)
	}
}

// createView keeps the age of a view that is only replaced.
func (s *State) createView(k change.Name) {
	if _, old := s.views[k]; !old {
		s.views[k] = s.file
	}
}

func (s *State) applyType(op *change.Object) {
	k := s.key(op.Name)
	switch op.Verb {
	case "create":
		t := &UserType{Name: s.Resolve(op.Name), Class: op.Class, Values: slices.Clone(op.Values), CreatedFile: s.file}
		if op.Class == "domain" {
			t.Constrained = op.Constraint != nil
			if op.Type != nil {
				t.Base = op.Type.Name
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
	for k := range s.types {
		if k.Schema == name {
			delete(s.types, k)
		}
	}
}
