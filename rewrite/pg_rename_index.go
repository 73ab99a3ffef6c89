package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// staysWithOld finds indexes of the old column that the migration drops before the
// rename, and has a successor for behind it. Versions of the application that know
// the old column need theirs as long as the column is there: it goes with it, and
// the statements that drop it are none of the plan's any more.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DROP-COLUMN
func (s *shadow) staysWithOld() (takes []int) {
	if s.t.Partitioned { // each partition has its own
		return nil
	}
	for _, stmt := range s.c.Script.Stmts[:s.c.Stmt.Index] {
		gone := droppedIndexes(s.c.Input.State, stmt)
		if len(gone) == 0 || slices.ContainsFunc(gone, func(ix *schema.Index) bool { return !s.outlives(stmt, ix) }) {
			continue
		}
		for _, ix := range gone {
			s.known = append(s.known, "index "+bare(change.Name{Schema: s.Table.Schema, Name: ix.Name}))
			s.note("%s stays until %s goes, and goes with it: old versions of the application find their rows by it.", s.c.Q(ix.Name), s.old)
		}
		takes = append(takes, stmt.Index)
	}
	return takes
}

// outlives says whether an index may be there as long as the old column is: another
// one takes its place, no statement takes its name, and none relies on its being gone.
func (s *shadow) outlives(drop *change.Stmt, ix *schema.Index) bool {
	if ix.Table != s.Table || !slices.Contains(ix.Columns, s.Old) || givesName(s.c.Input, drop, ix.Name) {
		return false
	}
	state := s.c.Input.State
	columns := s.renamedLater(ix.Columns)
	found := false
	for _, stmt := range s.c.Script.Stmts[drop.Index+1:] {
		if slices.ContainsFunc(stmt.Ops, func(op change.Op) bool { return s.reliesOn(op, ix) }) {
			return false
		}
		for _, n := range successors(s.c.Input, state, stmt) {
			if n.name == ix.Name {
				return false
			}
			found = found || stmt.Index > s.c.Stmt.Index && n.replaces(ix, columns, true)
		}
	}
	return found
}

// renamedLater are columns as the migration calls them in the end.
func (s *shadow) renamedLater(columns []string) []string {
	out := slices.Clone(columns)
	for _, stmt := range s.c.Script.Stmts {
		for _, op := range stmt.Ops {
			r, is := op.(*change.RenameColumn)
			if !is || s.c.State.Resolve(r.Table) != s.Table {
				continue
			}
			if at := slices.Index(out, r.From); at >= 0 {
				out[at] = r.To
			}
		}
	}
	return out
}

// reliesOn says whether a change needs that its table has no such index any more:
// it may write what was not unique, or change a column that is in it.
func (s *shadow) reliesOn(op change.Op, ix *schema.Index) bool {
	if op.Head().Table.IsZero() || s.c.State.Resolve(op.Head().Table) != s.Table {
		return false
	}
	switch op := op.(type) {
	case *change.Insert, *change.Update:
		return ix.Unique
	case *change.AlterColumnType:
		return slices.Contains(ix.Columns, op.Column) || slices.Contains(ix.Uses, op.Column)
	}
	return false
}
