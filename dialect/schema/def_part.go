package schema

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// sayIndex keeps what makes an index: a statement, or on MySQL a clause.
func (s *State) sayIndex(op *change.CreateIndex, ix *Index) *said {
	const statement = "CREATE"
	n := s.say(op.Span, "index", ix.Name, false, ix.Table)
	if n != nil && (len(n.text) < len(statement) || !strings.EqualFold(n.text[:len(statement)], statement)) {
		n.clause = true
	}
	return n
}

// lastInline marks the last constraint as one of a column's definition.
func (t *Table) lastInline() {
	if n := len(t.Constraints); n > 0 && t.Constraints[n-1].said != nil {
		t.Constraints[n-1].said.inline = true
	}
}
