package schema

import "github.com/safemig/safemig/dialect/change"

// saving says what for the state may be asked again that a statement leaves: a copy is
// dear, and a file may have thousands of savepoints.
type saving struct {
	to   bool // by a ROLLBACK TO, before another savepoint
	back bool // by any ROLLBACK of the transaction
}

// saves is what is known of a file's rollbacks before it is replayed.
type saves struct {
	at  map[*change.TxControl]saving
	any bool // it rolls something back
}

// planSaves looks ahead, from the end of the file.
func planSaves(script *change.Script) saves {
	plan := saves{at: map[*change.TxControl]saving{}}
	var ahead saving
	for i := len(script.Stmts) - 1; i >= 0; i-- {
		ops := script.Stmts[i].Ops
		for j := len(ops) - 1; j >= 0; j-- {
			if op, ok := ops[j].(*change.TxControl); ok {
				plan.at[op] = ahead
				ahead = ahead.before(op.Action)
				plan.any = plan.any || ahead.back
			}
		}
	}
	return plan
}

// before is what may be asked in front of a statement.
func (s saving) before(action string) saving {
	switch action {
	case "commit":
		return saving{}
	case "rollback":
		return saving{back: true}
	case "rollback to":
		return saving{to: true, back: true}
	case "begin", "savepoint":
		return saving{back: s.back}
	}
	return s
}

// save keeps a copy to roll back to, where the file does so.
func (s *State) save(at *change.TxControl) {
	ahead, planned := s.saves.at[at] // what a body does is in no plan
	if !s.saves.any || planned && !ahead.to && !(ahead.back && len(s.saved) == 0) {
		return
	}
	if len(s.saved) > 1 { // between the first and the last is none to go back to
		s.saved = s.saved[:1]
	}
	s.saved = append(s.saved, s.known())
}

func (s *State) restore(i int) {
	if i < 0 || i >= len(s.saved) {
		return
	}
	old := s.saved[i]
	s.saved = s.saved[:i]
	s.tables, s.indexes, s.types, s.views = old.tables, old.indexes, old.types, old.views
	s.belongs, s.published, s.functions = old.belongs, old.published, old.functions
	s.keysTo, s.readers, s.forKeys = old.keysTo, old.readers, old.forKeys
	s.routines, s.settings, s.defs = old.routines, old.settings, old.defs
}
