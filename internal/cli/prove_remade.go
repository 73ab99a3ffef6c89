package cli

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// remade says why a column, or for the empty name the rows, are not what the application
// wrote: the migration itself changes values, or removes rows. Table and column are those
// of the old version.
func (d *proving) remade(table, column string) string {
	state := d.group.checker.State()
	for _, f := range d.files() {
		for _, stmt := range f.Script.Stmts {
			for _, op := range stmt.Ops {
				name := state.Resolve(op.Head().Table)
				if !name.IsZero() && cmp.Or(d.former.tables[name], name).String() != table {
					continue
				}
				if why := remadeBy(op, column, func(c string) string { _, old := d.former.names(name, c); return old }); why != "" {
					return why
				}
			}
		}
	}
	return ""
}

func remadeBy(op change.Op, column string, former func(string) string) string {
	switch op := op.(type) {
	case *change.Update:
		if slices.ContainsFunc(op.Columns, func(c string) bool { return former(c) == column }) {
			return "the migration itself writes to it"
		}
	case *change.AlterColumnType:
		if op.Using != nil && !op.UsingCast && former(op.Column) == column {
			return "the migration makes other values of them, with USING"
		}
	case *change.Insert:
		if op.Replace {
			return "the migration itself replaces rows"
		}
	case *change.Delete, *change.Truncate:
		if column == "" {
			return fmt.Sprintf("the migration itself removes rows (%s)", op.Kind())
		}
	case *change.DetachPartition, *change.PartitionOp:
		if column == "" {
			return fmt.Sprintf("the migration itself takes partitions away (%s)", op.Kind())
		}
	case *change.Opaque:
		return fmt.Sprintf("the migration does what is not understood (%s)", op.Why)
	}
	return ""
}
