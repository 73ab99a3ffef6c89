package cli

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/engine"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/report"
)

// notes are what the plan's reader must know where DDL commits by itself.
func (t *fixing) notes() []string { return append(t.toolNotes(), t.galeraNote()...) }

// toolNotes are about the migration tool.
func (t *fixing) toolNotes() []string {
	if !slices.ContainsFunc(t.pieces, func(p layout.Piece) bool { return p.Bare }) {
		return nil
	}
	return t.group.OnMySQL(slices.ContainsFunc(t.pieces, func(p layout.Piece) bool { return p.Waits }))
}

// galeraNote: a Galera cluster runs DDL on all its nodes at the same point of the
// order of all transactions, so that those behind it wait until it is done, however
// online it is on a server by itself.
// https://galeracluster.com/library/training/tutorials/schema-changes.html
func (t *fixing) galeraNote() []string {
	if t.group.settings.file.Engines.Hosting != string(engine.OnGalera) {
		return nil
	}
	var long []string
	for i := range t.plan.Steps {
		if slices.ContainsFunc(t.plan.Steps[i].Online, func(e change.Effect) bool { return e.Work.Grows() }) {
			long = append(long, strconv.Itoa(i+1))
		}
	}
	if long == nil {
		return nil
	}
	steps := "Step " + long[0] + " works on a whole table: run it"
	if len(long) > 1 {
		steps = "Steps " + report.Several(long) + " work on whole tables: run them"
	}
	return []string{fmt.Sprintf("Galera runs DDL on all nodes at once (wsrep_OSU_method = TOI), and no node commits anything until it is done. %s by hand before the migrations, node by node, with SET SESSION wsrep_OSU_method = 'RSU'; the migrations then find it done.", steps)}
}
