package cli

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/rules"
)

// acceptRebuild takes a table rebuild that the migration as it was had not: what made
// the change cheaper there comes later in the plan. The server is asked to let writes
// go on, or to refuse. It says so in the piece, and the plan is to be written anew.
func (t *fixing) acceptRebuild(f rules.Finding, s *layout.Script) bool {
	const rule = "alter-rebuilds-table"
	if f.Rule != rule || slices.ContainsFunc(t.faults, func(was rules.Finding) bool { return was.Rule == rule }) ||
		slices.ContainsFunc(f.Effects, func(e change.Effect) bool { return e.Blocks.Has(change.Writes) && e.Work.Grows() }) {
		return false
	}
	const mark = "-- safemig:ignore " + rule + " -- the server has no quicker way, and writes go on\n"
	list := t.pieces[s.Piece].SQL
	for i, sql := range list {
		if strings.HasSuffix(sql, "LOCK=NONE") || strings.HasSuffix(sql, "EXECUTE safemig") {
			if strings.Contains(sql, mark) {
				return false
			}
			list[i] = mark + sql
			t.again = true
			return true
		}
	}
	return false
}
