package schema

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Type is the column's type; see TypeKnown. Its spans are not set.
func (c *Column) Type() change.Type {
	if c.typ == nil {
		return change.Type{}
	}
	return *c.typ
}

// sharedTypes are the types that columns have: tens of thousands of columns have
// a few hundred of them.
type sharedTypes map[typeKey]*change.Type

// typeKey is what types are equal by.
type typeKey struct {
	schema, name, args, charset, collation string
	dims                                   int
	unsigned, zerofill                     bool
}

// shared is the type as columns have it in common.
func (s *State) shared(t change.Type) *change.Type {
	key := typeKey{t.Schema, t.Name, strings.Join(t.Args, "\x00"), t.Charset, t.Collation, t.Dims, t.Unsigned, t.Zerofill}
	if known, ok := s.columns[key]; ok {
		return known
	}
	t.Span, t.CollationSpan = change.Span{}, change.Span{}
	if s.columns == nil {
		s.columns = sharedTypes{}
	}
	s.columns[key] = &t
	return &t
}
