package schema

import (
	"maps"

	"github.com/safemig/safemig/dialect/change"
)

// settings are the session's variables, as far as the file sets them.
type settings struct {
	session map[string]string
	local   map[string]string // SET LOCAL: until the transaction ends
}

func (v settings) clone() settings {
	return settings{session: maps.Clone(v.session), local: maps.Clone(v.local)}
}

func (v *settings) endTx() { v.local = nil }

// Setting is the value in force, and whether the file or its runner set one.
func (s *State) Setting(name string) (string, bool) {
	if v, ok := s.settings.local[name]; ok {
		return v, true
	}
	if v, ok := s.settings.session[name]; ok {
		return v, true
	}
	v, ok := s.runner[name]
	return v, ok
}

// RunnerSets notes a variable that whoever runs the migrations sets for every
// connection: it is in force until a file sets another value, and again after RESET.
func (s *State) RunnerSets(name, value string) {
	if s.runner == nil {
		s.runner = map[string]string{}
	}
	s.runner[name] = value
}

func (s *State) applySetting(op *change.SetOption) {
	switch {
	case op.Global:
		return
	case op.All:
		s.settings = settings{}
	case op.Local && s.foldCase:
		return // MariaDB's SET STATEMENT .. FOR holds for the one statement
	case op.Local && s.InTx() == Outside:
		return // PostgreSQL warns that SET LOCAL has no effect outside a transaction
	case op.Reset:
		delete(s.settings.local, op.Name)
		delete(s.settings.session, op.Name)
	case op.Local:
		if s.settings.local == nil {
			s.settings.local = map[string]string{}
		}
		s.settings.local[op.Name] = op.Value
	default:
		if s.settings.session == nil {
			s.settings.session = map[string]string{}
		}
		delete(s.settings.local, op.Name)
		s.settings.session[op.Name] = op.Value
	}
}
