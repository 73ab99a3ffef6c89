package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// before is what MySQL's rules ask about a file's earlier statements and the
// state has forgotten since.
type before struct {
	dropped []*schema.Index // indexes and keys that the file dropped
	// notNull are the columns, as "table.column", that held no NULL, as far as is
	// known, when the file first changed their definition.
	notNull map[string]bool
}

// note is called for each change before it is applied.
func (b *before) note(s *schema.State, op change.Op) {
	switch op := op.(type) {
	case *change.DropIndex:
		b.drop(s.FindIndex(op.Table, op.Index))
	case *change.DropConstraint:
		name := op.Name
		if op.ConstraintKind == change.PrimaryKey {
			name = "PRIMARY"
		}
		b.drop(s.FindIndex(op.Table, change.Name{Name: name}))
	case *change.ModifyColumn:
		b.modify(s, op)
	}
}

func (b *before) drop(ix *schema.Index) {
	if ix != nil {
		b.dropped = append(b.dropped, ix)
	}
}

func (b *before) modify(s *schema.State, op *change.ModifyColumn) {
	key := columnKey(s.Resolve(op.Table), op.From)
	if _, seen := b.notNull[key]; seen {
		return
	}
	if b.notNull == nil {
		b.notNull = map[string]bool{}
	}
	var c *schema.Column
	if t := s.Table(op.Table); t != nil {
		c = t.Column(op.From)
	}
	b.notNull[key] = c == nil || !c.TypeKnown || c.NotNull
}

func columnKey(table change.Name, column string) string {
	return strings.ToLower(table.String() + "." + column)
}
