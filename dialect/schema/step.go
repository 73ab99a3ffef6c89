package schema

import "github.com/safemig/safemig/dialect/change"

// ApplySteps applies what a statement does, after BeginStmt.
func (s *State) ApplySteps(script *change.Script, stmt *change.Stmt) {
	for _, step := range stmt.Steps() {
		s.BeginStep(stmt, step)
		for _, op := range step.Ops {
			s.Apply(script, op)
		}
	}
}

// BeginStep is called before each of a statement's Steps, after BeginStmt. On
// PostgreSQL what a DO block or a routine runs is in one transaction, of which
// COMMIT in it begins another; on MySQL each is as if it stood in the file.
// https://www.postgresql.org/docs/current/plpgsql-transactions.html
func (s *State) BeginStep(stmt, step *change.Stmt) {
	switch {
	case len(stmt.Inner) == 0:
	case s.foldCase:
		s.begin(step)
	default:
		s.tx.block = true
	}
}

// InBlock says that the next step is run by a DO block or a routine: whatever
// is around that, the steps of it are in one transaction.
func (s *State) InBlock() bool { return s.tx.block }
