package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func (s *State) createTable(script *change.Script, op *change.CreateTable) {
	k := s.key(op.Table)
	if old := s.tables[k]; old != nil && old.Complete && op.IfNotExists {
		return // the server does nothing either
	}
	t := &Table{
		Name: s.Resolve(op.Table), Complete: !op.As && len(op.Like) == 0 && len(op.Inherits) == 0 && op.OfType.IsZero(),
		Partitioned: op.Partitioned, Temp: op.Temp, Unlogged: op.Unlogged,
		Engine: op.Engine, Charset: op.Charset, Collation: op.Collation, RowFormat: op.RowFormat,
		Filled: op.As, IsDefault: op.DefaultPart, Foreign: op.Foreign, PartKey: op.PartitionKey,
		createdFile: s.file, createdTx: s.tx.id, foldCase: s.foldCase,
	}
	if !op.OfType.IsZero() {
		t.OfType = s.Resolve(op.OfType)
	}
	s.tables[k] = t
	delete(s.views, k)
	for _, n := range op.Inherits {
		s.linkInheritor(n, t)
	}
	s.inheritColumns(t, op)
	for i := range op.Columns {
		s.putColumn(script, t, &op.Columns[i])
	}
	for _, c := range op.Constraints {
		s.addConstraint(t, c, true)
	}
	for i := range op.Indexes {
		ix := op.Indexes[i]
		ix.Table = op.Table
		s.createIndex(&ix)
	}
	if !op.PartitionOf.IsZero() {
		s.linkPartition(op.PartitionOf, t, op.DefaultPart)
	}
}

func (s *State) dropTable(n change.Name) {
	k := s.key(n)
	t := s.tables[k]
	if t == nil {
		return
	}
	if !t.PartitionOf.IsZero() {
		s.unlinkPartition(t.PartitionOf, t.Name)
	}
	for _, n := range t.Inherits {
		s.unlinkInheritor(n, t)
	}
	if !s.foldCase { // partitions are tables of their own, and go too
		for _, n := range slices.Clone(t.Partitions) {
			s.dropTable(n)
		}
	}
	s.dropOwned(t.Name, "")
	for p := range s.belongs.in(t.Name) {
		s.belongs.drop(p)
	}
	for name := range s.indexes.in(k) {
		s.indexes.drop(name)
		s.forget(subject{aboutRelation, name})
	}
	s.forget(subject{aboutRelation, k})
	s.republish(k, change.Name{})
	delete(s.tables, k)
}

// dropDependents drops what CASCADE takes along: views, foreign keys, and the
// tables that inherit.
func (s *State) dropDependents(n change.Name) {
	for _, v := range s.ViewsOn(n) {
		delete(s.views, s.key(v))
	}
	n = s.Resolve(n)
	for _, r := range s.Referencing(n) {
		t := s.Table(r)
		t.Constraints = slices.DeleteFunc(t.Constraints, func(k *Constraint) bool { return k.Kind == change.ForeignKey && k.Ref == n })
	}
	if t := s.Table(n); t != nil {
		for _, child := range slices.Clone(t.Inheritors) {
			s.dropDependents(child)
			s.dropTable(child)
		}
	}
}

func (s *State) renameTable(op *change.RenameTable) {
	from := s.key(op.Table)
	to := op.To
	if to.Schema == "" {
		to.Schema = s.Resolve(op.Table).Schema
	}
	if _, ok := s.views[from]; ok {
		s.renameView(from, s.key(to))
		return
	}
	t := s.ensure(op.Table)
	delete(s.tables, from)
	old := t.Name
	t.Name = s.Resolve(to)
	if t.Filled {
		t.createdFile = 0 // a filled copy takes an old table's place: it is in use from now on
	}
	s.tables[s.key(to)] = t
	for k, ix := range s.indexes.in(from) {
		moved := *ix
		moved.Table, moved.owner = t.Name, s.key(t.Name)
		s.indexes.drop(k)
		if s.foldCase {
			k = s.indexKey(t.Name, ix.Name)
		}
		s.putIndexAt(k, &moved)
	}
	for _, c := range t.Constraints {
		if c.Kind == change.ForeignKey {
			s.keysTo.add(c.Ref, s.key(t.Name))
		}
	}
	s.renameReferences(old, t.Name)
	s.renameInViews(old, t.Name)
	s.renameOwner(old, t.Name)
	s.republish(old, t.Name)
}

// renameReferences follows a renamed table in foreign keys and partition links.
func (s *State) renameReferences(old, now change.Name) {
	s.keysTo.renamed(old, now)
	for _, t := range s.tables {
		for _, c := range t.Constraints {
			if c.Ref == old {
				c.Ref = now
			}
		}
		if t.PartitionOf == old {
			t.PartitionOf = now
		}
		for _, names := range [][]change.Name{t.Partitions, t.Inherits, t.Inheritors} {
			for i, n := range names {
				if n == old {
					names[i] = now
				}
			}
		}
		if t.DefaultPart == old {
			t.DefaultPart = now
		}
	}
}

// linkInheritor records that t inherits from a table.
func (s *State) linkInheritor(parent change.Name, t *Table) {
	p := s.ensure(parent)
	t.Inherits = append(t.Inherits, p.Name)
	p.Inheritors = append(p.Inheritors, t.Name)
}

func (s *State) unlinkInheritor(parent change.Name, t *Table) {
	p := s.ensure(parent)
	t.Inherits = slices.DeleteFunc(slices.Clone(t.Inherits), func(n change.Name) bool { return n == p.Name })
	p.Inheritors = slices.DeleteFunc(slices.Clone(p.Inheritors), func(n change.Name) bool { return n == t.Name })
}

func (s *State) attach(op *change.AttachPartition) {
	s.linkPartition(op.Table, s.ensure(op.Partition), op.Default)
	s.shareIdentity(s.ensure(op.Table), s.ensure(op.Partition))
}

func (s *State) linkPartition(parent change.Name, t *Table, isDefault bool) {
	p := s.ensure(parent)
	p.Partitioned = true
	p.Partitions = append(p.Partitions, t.Name)
	t.PartitionOf = p.Name
	t.IsDefault = isDefault
	if isDefault {
		p.DefaultPart = t.Name
	}
}

func (s *State) detach(parent, part change.Name) {
	if t := s.Table(part); t != nil {
		t.PartitionOf, t.IsDefault = change.Name{}, false
		s.unshareIdentity(t)
	}
	s.unlinkPartition(parent, s.Resolve(part))
}

func (s *State) unlinkPartition(parent, part change.Name) {
	p := s.Table(parent)
	if p == nil {
		return
	}
	p.Partitions = slices.DeleteFunc(p.Partitions, func(n change.Name) bool { return n == part })
	if p.DefaultPart == part {
		p.DefaultPart = change.Name{}
	}
}
