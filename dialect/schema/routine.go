package schema

import (
	"maps"
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// routine is a function or procedure that a file made.
type routine struct {
	code   change.Routine
	params *int // nil: not known
}

// applyRoutine follows what routines there are. PostgreSQL knows several of one
// name by their parameters, of which only the number is looked at.
// https://www.postgresql.org/docs/current/xfunc-overload.html
func (s *State) applyRoutine(op *change.Object) {
	k := s.key(op.Name)
	old := s.routines[k]
	switch op.Verb {
	case "create":
		if op.IfNotExists && len(old) > 0 {
			return
		}
		others := s.otherRoutines(old, op.Params)
		if op.Routine != nil {
			others = append(others, routine{code: op.Routine, params: op.Params})
		}
		s.putRoutines(k, others)
	case "drop":
		s.putRoutines(k, s.otherRoutines(old, op.Params))
	case "rename":
		s.moveRoutines(k, change.Name{Schema: k.Schema, Name: op.To})
	case "alter":
		if op.Action == "set schema" {
			s.moveRoutines(k, change.Name{Schema: op.To, Name: k.Name})
		}
	}
}

// otherRoutines are those that one with so many parameters leaves in place.
func (s *State) otherRoutines(all []routine, params *int) []routine {
	if s.foldCase || params == nil {
		return nil
	}
	var out []routine
	for _, r := range all {
		if r.params != nil && *r.params != *params {
			out = append(out, r)
		}
	}
	return out
}

func (s *State) putRoutines(k change.Name, all []routine) {
	if len(all) == 0 {
		delete(s.routines, k)
		return
	}
	s.routines[k] = all
}

func (s *State) moveRoutines(from, to change.Name) {
	if all := s.routines[from]; to.Name != "" && len(all) > 0 {
		delete(s.routines, from)
		s.routines[s.key(to)] = all
	}
}

// routineOf is what a call runs; of several with one name the last that has as
// many parameters as the call has arguments, else the last.
func (s *State) routineOf(call *change.Call) (routine, bool) {
	all := s.routines[s.key(call.Routine)]
	if len(all) == 0 && s.foldCase {
		all = s.routinesElsewhere(call.Routine)
	}
	for _, r := range slices.Backward(all) {
		if r.params != nil && *r.params == len(call.Args) {
			return r, true
		}
	}
	if len(all) == 0 {
		return routine{}, false
	}
	return all[len(all)-1], true
}

// routinesElsewhere are those that a name means in MySQL's default database,
// which is not known: one of the two names leaves the database out, and only
// one routine has the name.
func (s *State) routinesElsewhere(n change.Name) []routine {
	k := s.key(n)
	if k.Schema != "" {
		return s.routines[change.Name{Name: k.Name}]
	}
	var found []routine
	for at := range maps.Keys(s.routines) {
		if at.Name == k.Name {
			if found != nil {
				return nil
			}
			found = s.routines[at]
		}
	}
	return found
}
