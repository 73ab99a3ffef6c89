package cli

import (
	"slices"

	"github.com/safemig/safemig/internal/layout"
)

// toolNotes are what the plan's reader must know of the migration tool, where DDL
// commits by itself.
func (t *fixing) toolNotes() []string {
	if !slices.ContainsFunc(t.pieces, func(p layout.Piece) bool { return p.Bare }) {
		return nil
	}
	return t.group.OnMySQL(slices.ContainsFunc(t.pieces, func(p layout.Piece) bool { return p.Waits }))
}
