package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// inheritColumns copies what LIKE, INHERITS and PARTITION OF bring along.
func (s *State) inheritColumns(t *Table, op *change.CreateTable) {
	sources := slices.Concat(op.Like, op.Inherits)
	if !op.PartitionOf.IsZero() {
		sources = append(sources, op.PartitionOf)
	}
	known := !op.As && len(sources) > 0
	for i, n := range sources {
		src := s.Table(n)
		if src == nil {
			known = false
			continue
		}
		known = known && src.Complete
		for _, c := range src.Columns {
			if t.Column(c.Name) != nil {
				continue // columns of the same name of several parents are one
			}
			cc := *c
			cc.createdFile = s.file
			t.append(&cc)
			switch {
			case s.foldCase:
			case i < len(op.Like):
				s.columnLike(t, &cc, op)
			case op.PartitionOf.IsZero() && cc.Identity != "":
				cc.Identity, cc.Sequence = "", change.Name{} // an identity is not inherited
			}
		}
	}
	if len(sources) > 0 {
		t.Complete = known
	}
}

// columnLike leaves out what LIKE does not copy unless it is told to; an identity
// column gets a sequence of its own.
// https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-LIKE
func (s *State) columnLike(t *Table, c *Column, op *change.CreateTable) {
	if !op.LikeDefaults {
		c.Default, c.HasDefault = "", false
	}
	if c.Identity != "" || !op.LikeDefaults {
		c.Sequence = change.Name{}
	}
	if !op.LikeIdentity {
		c.Identity = ""
	}
	if c.Identity != "" {
		s.ownSequence(t, c, change.Name{})
	}
}
