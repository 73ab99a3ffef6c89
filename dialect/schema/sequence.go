package schema

import (
	"slices"
	"strconv"

	"github.com/safemig/safemig/dialect/change"
)

const sequenceClass = "sequence"

// OwnedBy are the sequences that belong to a column of a table, or to any of its
// columns where none is named, sorted: those of serial and identity columns, and
// those that are OWNED BY it.
func (s *State) OwnedBy(table change.Name, column string) []change.Name {
	table = s.Resolve(table)
	var out []change.Name
	for p, o := range s.belongs.in(table) {
		if p.class == sequenceClass && (column == "" || o.column == column) {
			out = append(out, p.name)
		}
	}
	sortNames(out)
	return out
}

// Using are the tables with a column whose default, or whose identity, takes its
// numbers from a sequence, sorted.
func (s *State) Using(sequence change.Name) []change.Name {
	sequence = s.Resolve(sequence)
	return s.TableNames(func(n change.Name) bool {
		return slices.ContainsFunc(s.tables[s.key(n)].Columns, func(c *Column) bool { return c.Sequence == sequence })
	})
}

// ownSequence records the sequence that a serial or identity column makes; it is
// called so where the statement gives it no name.
// https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL
func (s *State) ownSequence(t *Table, c *Column, called change.Name) {
	if s.foldCase || c.Identity == "" && !isSerial(c.Type().Name) {
		return
	}
	o := owner{t.Name, c.Name}
	if called.IsZero() {
		called = s.freeSequenceName(o)
	}
	c.Sequence = s.Resolve(called)
	s.belongs.put(part{sequenceClass, c.Sequence}, o)
}

// shareIdentity gives a partition the identity columns of its table, which take
// their numbers from the one sequence.
// https://www.postgresql.org/docs/current/ddl-identity-columns.html
func (s *State) shareIdentity(t, partition *Table) {
	if s.foldCase {
		return
	}
	for _, c := range t.Columns {
		if own := partition.Column(c.Name); own != nil && c.Identity != "" {
			own.Identity, own.Sequence = c.Identity, c.Sequence
		}
	}
	for _, n := range partition.Partitions {
		s.shareIdentity(partition, s.ensure(n))
	}
}

// unshareIdentity is for a partition that is detached.
func (s *State) unshareIdentity(partition *Table) {
	for _, c := range partition.Columns {
		if c.Identity != "" {
			c.Identity, c.Sequence = "", change.Name{}
		}
	}
	for _, n := range partition.Partitions {
		s.unshareIdentity(s.ensure(n))
	}
}

// freeSequenceName is the name that the server chooses: the first that no other
// relation of the schema has. A column that is made again keeps its own.
func (s *State) freeSequenceName(o owner) change.Name {
	for i := 0; ; i++ {
		label := "seq"
		if i > 0 {
			label += strconv.Itoa(i)
		}
		n := change.Name{Schema: o.table.Schema, Name: join(o.table.Name, o.column, label)}
		holder, taken := s.belongs.all[part{sequenceClass, n}]
		if taken && holder == o || !taken && s.tables[n] == nil && s.indexes.all[n] == nil && !s.IsView(n) {
			return n
		}
	}
}

// moveSequence gives a sequence another name. Defaults go on to mean it.
func (s *State) moveSequence(from, to change.Name) {
	o := s.belongs.all[part{sequenceClass, from}]
	s.belongs.drop(part{sequenceClass, from})
	s.belongs.put(part{sequenceClass, to}, o)
	s.eachUser(from, func(c *Column) { c.Sequence = to })
}

// renameOwner follows a renamed table in what belongs to it: SET SCHEMA takes its
// sequences along.
func (s *State) renameOwner(old, now change.Name) {
	for p, o := range s.belongs.in(old) {
		o.table = now
		s.belongs.put(p, o)
	}
	if s.foldCase || old.Schema == now.Schema {
		return
	}
	for _, n := range s.OwnedBy(now, "") {
		s.moveSequence(n, change.Name{Schema: now.Schema, Name: n.Name})
	}
}

// dropSequence forgets a sequence with the defaults that take numbers from it.
func (s *State) dropSequence(n change.Name) {
	if n.IsZero() {
		return // that of a column which was not seen
	}
	s.belongs.drop(part{sequenceClass, n})
	s.forget(s.relation(n))
	s.eachUser(n, func(c *Column) {
		c.Sequence = change.Name{}
		if c.Identity == "" {
			c.Default, c.HasDefault = "", false
		}
		c.Identity = ""
	})
}

func (s *State) eachUser(sequence change.Name, f func(*Column)) {
	for _, t := range s.tables {
		for _, c := range t.Columns {
			if c.Sequence == sequence {
				f(c)
			}
		}
	}
}

// dropOwned drops the sequences that belong to a table's column, or to the
// table, with it.
func (s *State) dropOwned(table change.Name, column string) {
	if s.foldCase {
		return
	}
	for _, n := range s.OwnedBy(table, column) {
		s.dropSequence(n)
	}
}
