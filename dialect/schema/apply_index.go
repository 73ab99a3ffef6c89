package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func (s *State) createIndex(op *change.CreateIndex) {
	t := s.ensure(op.Table)
	ix := &Index{
		Name: op.Name, Table: t.Name, owner: s.key(t.Name), Unique: op.Unique, Partial: op.Where != nil,
		Concurrently: op.Concurrently, Class: op.Class, CreatedFile: s.file, Hidden: op.Invisible,
	}
	for _, k := range op.Keys {
		if k.Column != "" {
			ix.Columns = append(ix.Columns, k.Column)
		} else {
			ix.Exprs = true
			if k.Expr != nil {
				ix.Uses = append(ix.Uses, k.Expr.Columns...)
			}
		}
	}
	if op.Where != nil {
		ix.Uses = append(ix.Uses, op.Where.Columns...)
	}
	if op.Class == change.FulltextIndex {
		t.Fulltext = true
	}
	if ix.Name == "" {
		ix.Name = s.chooseIndexName(t, op)
	}
	ix.said = s.sayIndex(op, ix)
	k := s.indexKey(t.Name, ix.Name)
	if op.IfNotExists && s.indexes.all[k] != nil {
		return
	}
	s.putIndexAt(k, ix)
	s.supersede(t, ix)
}

// freeIndexName numbers a name that another index of the table has, from _2 on,
// as MySQL and MariaDB do.
func (s *State) freeIndexName(t *Table, name string) string {
	free := name
	for n := 2; s.IndexOn(t.Name, free) != nil; n++ {
		free = name + "_" + strconv.Itoa(n)
	}
	return free
}

// FindIndex is the index that a DROP INDEX or ALTER INDEX means, or nil.
func (s *State) FindIndex(table, index change.Name) *Index {
	if s.foldCase {
		return s.IndexOn(table, index.Name)
	}
	return s.Index(index)
}

func (s *State) dropIndex(op *change.DropIndex) {
	ix := s.FindIndex(op.Table, op.Index)
	if ix == nil {
		return
	}
	s.indexes.drop(s.indexKey(ix.Table, ix.Name))
	t := s.Table(ix.Table)
	if t == nil {
		return
	}
	if s.foldCase { // a UNIQUE constraint is its index there
		t.Constraints = slices.DeleteFunc(t.Constraints, func(c *Constraint) bool {
			return c.Kind == change.Unique && t.same(c.Name, ix.Name)
		})
	}
	if ix.Class == change.FulltextIndex {
		t.Fulltext = s.hasFulltext(t)
	}
}

func (s *State) hasFulltext(t *Table) bool {
	for _, ix := range s.indexes.in(s.key(t.Name)) {
		if ix.Class == change.FulltextIndex {
			return true
		}
	}
	return false
}

func (s *State) renameIndex(op *change.RenameIndex) {
	ix := s.FindIndex(op.Table, op.Index)
	if ix == nil {
		return
	}
	if t := s.Table(ix.Table); t != nil {
		if c := t.Constraint(ix.Name); c != nil && c.isIndex() {
			c.Name = op.To
		}
	}
	s.putIndex(ix, op.To)
}

// putIndex gives an index another name.
func (s *State) putIndex(ix *Index, name string) {
	s.indexes.drop(s.indexKey(ix.Table, ix.Name))
	c := *ix
	c.Name = name
	s.putIndexAt(s.indexKey(c.Table, c.Name), &c)
}

// hideIndex follows MySQL's ALTER INDEX i INVISIBLE and MariaDB's IGNORED, and back.
func (s *State) hideIndex(op *change.AlterIndex) {
	ix := s.FindIndex(op.Table, op.Index)
	if ix == nil || !s.foldCase {
		return
	}
	c := *ix
	c.Hidden = op.Action == "invisible" || op.Action == "ignored"
	s.putIndexAt(s.indexKey(c.Table, c.Name), &c)
}

// IndexesOf are the indexes of a table, by name.
func (s *State) IndexesOf(table change.Name) []*Index {
	var out []*Index
	for _, ix := range s.indexes.in(s.key(table)) {
		out = append(out, ix)
	}
	slices.SortFunc(out, func(a, b *Index) int { return strings.Compare(a.Name, b.Name) })
	return out
}
