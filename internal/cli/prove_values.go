package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/synth"
)

// asOldHolds lets the new version write to columns of another type only what the old type
// holds too: until a plan is through it can go back, and says so.
func (d *proving) asOldHolds(before, after []synth.Writable) {
	for i := range after {
		now := &after[i]
		table, _ := d.former.names(now.Table, "")
		at := slices.IndexFunc(before, func(w synth.Writable) bool { return w.Table == table })
		if at < 0 {
			continue
		}
		was := &before[at]
		for k := range now.Columns {
			column := &now.Columns[k]
			_, name := d.former.names(now.Table, column.Name)
			old, there := was.Column(name)
			if !there || old.Type == column.Type {
				continue
			}
			if old.Value != "" {
				column.Value, column.Distinct = d.typed(old.Value, column.Type), old.Distinct
			}
			from, to := slices.Index(was.Insert.Columns, name), slices.Index(now.Insert.Columns, column.Name)
			if from >= 0 && to >= 0 && !strings.HasPrefix(was.Insert.Values[from], "safemig_o.") { // what refers to another table is taken from a row
				now.Insert.Values[to] = d.typed(was.Insert.Values[from], column.Type)
			}
			d.report.Remarks = append(d.report.Remarks, fmt.Sprintf("the new version writes to %s.%s what the old type, %s, holds too: so long as a plan can go back it has to",
				now.Table, column.Name, old.Type))
		}
	}
}

// typed is a value of the old type as one of the new.
func (d *proving) typed(sql, typ string) string {
	if d.db.Dialect != "postgres" {
		return sql // the server converts what it is given
	}
	return "(" + sql + ")::text::" + typ
}
