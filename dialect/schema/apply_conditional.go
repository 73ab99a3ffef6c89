package schema

import "github.com/safemig/safemig/dialect/change"

// applyConditional brings the state up to date with a change that may not have
// happened: one under IF, in a loop, in a block that catches errors. What
// follows is judged as if the worse of the two were true.
//
//   - What makes something is applied: IF NOT EXISTS .. THEN CREATE is how such
//     blocks are written, and behind it the thing exists either way. What is
//     known already stays as it is: the block did nothing then.
//   - What takes knowledge away (a dropped constraint, index, column, default)
//     is applied: nothing may rely on it any more.
//   - A dropped table is kept, or one that is made anew would pass for empty.
//   - What would make a later change cheap (NOT NULL, a constraint that is
//     validated, a timeout) is not applied, and a type that may have changed is not known.
//   - A rollback is not applied: it belongs to a handler that seldom runs.
func (s *State) applyConditional(script *change.Script, op change.Op) {
	switch op := op.(type) {
	case *change.TxControl:
		if op.Action == "rollback" || op.Action == "rollback to" {
			return
		}
	case *change.SetOption, *change.DropTable, *change.SetNotNull, *change.ValidateConstraint:
		return
	case *change.CreateTable:
		if s.Table(op.Table) != nil {
			return
		}
	case *change.AddColumn:
		if t := s.Table(op.Table); t != nil && t.Column(op.Column.Name) != nil {
			return
		}
	case *change.AddConstraint:
		if t := s.Table(op.Table); t != nil && op.Constraint.Name != "" && t.Constraint(op.Constraint.Name) != nil {
			return
		}
	case *change.CreateIndex:
		if op.Name != "" && s.FindIndex(op.Table, s.indexName(op)) != nil {
			return
		}
	case *change.ColumnDefault:
		if op.Default != nil {
			return
		}
	case *change.Object:
		if s.knows(op) {
			return
		}
	}
	s.apply(script, op)
	s.forgetType(op)
}

// indexName is the name that a new index is found by: it is made in its table's schema.
func (s *State) indexName(op *change.CreateIndex) change.Name {
	return change.Name{Schema: s.Resolve(op.Table).Schema, Name: op.Name}
}

// knows says whether an object that may be made, or dropped with tables in it,
// must be left as it is.
func (s *State) knows(op *change.Object) bool {
	switch {
	case op.Class == "schema" && op.Verb == "drop":
		return true
	case op.Verb != "create":
		return false
	}
	return s.Type(op.Name) != nil || s.IsView(op.Name)
}

// forgetType marks a column's type as not known where it may have been changed.
func (s *State) forgetType(op change.Op) {
	var name string
	switch op := op.(type) {
	case *change.AlterColumnType:
		name = op.Column
	case *change.ModifyColumn:
		name = op.Column.Name
	default:
		return
	}
	if t := s.Table(op.Head().Table); t != nil {
		if c := t.Column(name); c != nil {
			*c = Column{Name: c.Name, createdFile: c.createdFile}
		}
	}
}
