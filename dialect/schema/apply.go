package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// Apply brings the state up to date with one change. The script is the one the
// change was read from: its text is where defaults and comments are kept.
func (s *State) Apply(script *change.Script, op change.Op) {
	if op.Head().Conditional {
		s.applyConditional(script, op)
		return
	}
	s.apply(script, op)
}

func (s *State) apply(script *change.Script, op change.Op) {
	r, is := op.(*change.RenameColumn)
	if !is || !s.foldCase {
		s.applyOne(script, op)
		return
	}
	for _, one := range s.renamesTogether(r) {
		s.applyOne(script, one)
	}
}

func (s *State) applyOne(script *change.Script, op change.Op) {
	s.define(script, op)
	switch op := op.(type) {
	case *change.TxControl:
		s.applyTx(op)
	case *change.SetOption:
		s.applySetting(op)
	case *change.CreateTable:
		s.createTable(script, op)
	case *change.DropTable:
		if op.Cascade {
			s.dropDependents(op.Table)
		}
		s.dropTable(op.Table)
	case *change.RenameTable:
		s.renameTable(op)
	case *change.CreateIndex:
		s.createIndex(op)
	case *change.DropIndex:
		s.dropIndex(op)
	case *change.RenameIndex:
		s.renameIndex(op)
	case *change.AlterIndex:
		s.hideIndex(op)
	case *change.Insert:
		s.fill(op)
	case *change.Object:
		s.applyObject(op)
	default:
		r, renames := op.(*change.RenameColumn)
		switch isView := s.IsView(op.Head().Table); {
		case isView && renames:
			s.renameResult(r.Table, r.From, r.To)
		case !isView && !op.Head().Table.IsZero():
			s.alterTable(script, op)
		}
	}
}

func (s *State) alterTable(script *change.Script, op change.Op) {
	switch op := op.(type) {
	case *change.AddColumn:
		s.addColumn(script, op)
	case *change.DropColumn:
		s.dropColumn(op)
	case *change.RenameColumn:
		s.renameColumn(op.Table, op.From, op.To)
	case *change.AlterColumnType:
		c := s.ensure(op.Table).ensureColumn(op.Column)
		c.typ, c.TypeKnown = s.shared(op.Type), true
		s.textsOf(c).setType(script, op.Type)
	case *change.ModifyColumn:
		s.modifyColumn(script, op)
	case *change.SetNotNull:
		s.ensure(op.Table).ensureColumn(op.Column).NotNull = true
	case *change.DropNotNull:
		s.ensure(op.Table).ensureColumn(op.Column).NotNull = false
	case *change.ColumnDefault:
		s.setDefault(script, op)
	case *change.AlterGenerated:
		s.alterGenerated(op)
	case *change.AddConstraint:
		s.addConstraint(s.ensure(op.Table), op.Constraint, false)
	case *change.ValidateConstraint:
		s.validate(op)
	case *change.DropConstraint:
		s.dropConstraint(op)
	case *change.RenameConstraint:
		s.renameConstraint(op)
	default:
		s.alterTableRest(op)
	}
}

func (s *State) alterTableRest(op change.Op) {
	switch op := op.(type) {
	case *change.AttachPartition:
		s.attach(op)
	case *change.DetachPartition:
		s.detach(op.Table, op.Partition)
	case *change.TableOption:
		s.tableOption(op)
	case *change.ConvertCharset:
		s.convertCharset(s.ensure(op.Table), op)
	case *change.ColumnOption:
		s.showColumn(op)
	case *change.CreateTrigger:
		t := s.ensure(op.Table)
		t.Triggers = append(t.Triggers, op.Name)
	case *change.DropTrigger:
		t := s.ensure(op.Table)
		t.Triggers = slices.DeleteFunc(t.Triggers, func(n string) bool { return n == op.Name })
	}
}

func (s *State) tableOption(op *change.TableOption) {
	t := s.ensure(op.Table)
	switch op.Option {
	case "engine":
		t.Engine = op.Value
	case "row_format":
		t.RowFormat = op.Value
	case "charset":
		s.setCharset(t, op.Value, "")
	case "collate":
		s.setCharset(t, "", op.Value)
	case "unlogged":
		t.Unlogged = true
	case "logged":
		t.Unlogged = false
	case "inherit":
		s.linkInheritor(op.Other, t)
	case "no inherit":
		s.unlinkInheritor(op.Other, t)
	case "of":
		t.OfType = s.Resolve(op.Other)
	case "not of":
		t.OfType = change.Name{}
	}
}

// fill marks a table that rows are copied into. A few literal rows leave a new
// table as good as empty.
func (s *State) fill(op *change.Insert) {
	if t := s.Table(op.Table); t != nil && (op.Select || op.Copy) {
		t.Filled = true
	}
}
