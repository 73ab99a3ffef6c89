package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
)

// namesTaken are the tables that a statement renames, under their new names.
func (b *builder) namesTaken(stmt *change.Stmt) []TableLock {
	var out []TableLock
	for _, op := range stmt.Ops {
		if r, is := op.(*change.RenameTable); is && !b.state.IsView(r.Table) {
			out = append(out, TableLock{Table: b.renamedTo(r), Lock: change.AccessExclusive})
		}
	}
	return out
}

func (b *builder) renamedTo(op *change.RenameTable) change.Name {
	to := op.To
	if to.Schema == "" {
		to.Schema = b.state.Resolve(op.Table).Schema
	}
	return to
}

// undoRenameTable gives a table its name, or its schema, back.
func (b *builder) undoRenameTable(c *Case, op *change.RenameTable) (sql []string, final string) {
	from, to := b.state.Resolve(op.Table), b.renamedTo(op)
	class, clause := "TABLE", "RENAME TO "+c.Q(from.Name)
	if to.Schema != from.Schema {
		clause = "SET SCHEMA " + c.Q(from.Schema)
	}
	if t := b.state.Table(op.Table); t != nil && t.Foreign {
		class = "FOREIGN TABLE"
	}
	row := catalogueRow(c.Text, "table", to, change.Name{}) + " AND to_regclass(" + c.Text.Literal(c.Text.QuoteName(from)) + ") IS NULL"
	return []string{b.onceWhere(row, "ALTER "+class+" "+c.Text.QuoteName(to)+" "+clause)}, ""
}
