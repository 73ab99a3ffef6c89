package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// wayBack are statements that take something back: first and last each by itself,
// outside of a transaction, all others in one.
type wayBack struct {
	first, sql, last []string
	in               *Input
}

// inverse are the statements that take back what is left of a user's statement,
// and in words what nothing takes back.
func (b *builder) inverse(stmt *change.Stmt, clauses []clause) (way *wayBack, final string) {
	all := &wayBack{in: b.in}
	for _, c := range slices.Backward(clauses) {
		if c.text != nil && *c.text == "" {
			continue
		}
		for _, op := range slices.Backward(stmt.Ops) {
			if op.Head().Span != c.span {
				continue
			}
			way, why := b.undo(&Case{Input: b.in, Stmt: stmt, Op: op, State: b.state, Siblings: stmt.Ops}, op)
			all.add(&way)
			final = sentences(final, why)
		}
	}
	return all, final
}

// add puts one way back behind another.
func (w *wayBack) add(o *wayBack) {
	w.first, w.sql, w.last = slices.Concat(w.first, o.first), slices.Concat(w.sql, o.sql), slices.Concat(w.last, o.last)
}

// statements are all of them, and whether they may share a transaction. Where they
// may not, those that belong together are one statement, which waits for its locks
// in short tries.
func (w *wayBack) statements() (down []string, inTx bool) {
	if len(w.first) == 0 && len(w.last) == 0 {
		return w.sql, true
	}
	if len(w.sql) > 0 {
		down = []string{(&Case{Input: w.in}).inShortTries("", strings.Join(w.sql, ";\n      "))}
	}
	return slices.Concat(w.first, down, w.last), false
}

// undo is the way back of one change, as far as it can be told.
func (b *builder) undo(c *Case, op change.Op) (way wayBack, final string) {
	if op.Head().Conditional {
		return way, "Whether it does what stands under its conditions is not known before it runs: that stays as it is then."
	}
	switch op := op.(type) {
	case *change.DropConstraint:
		return b.undoConstraint(c, op)
	case *change.DropIndex:
		return b.undoDropIndex(c, op)
	}
	way.sql, final = b.undoAtOnce(c, op)
	return way, final
}

// undoAtOnce is the way back of a change that one transaction takes back.
func (b *builder) undoAtOnce(c *Case, op change.Op) (sql []string, final string) {
	text, table := b.in.Text, ""
	if t := op.Head().Table; !t.IsZero() {
		table = text.QuoteName(t)
	}
	alter := func(clause string) []string { return []string{"ALTER TABLE IF EXISTS " + table + " " + clause} }
	switch op := op.(type) {
	case *change.CreateTable:
		if op.IfNotExists {
			return nil, "Whether " + table + " was there before is not known: it stays."
		}
		return []string{"DROP TABLE IF EXISTS " + table}, ""
	case *change.AddColumn:
		if t := b.state.Table(op.Table); op.IfNotExists && (t == nil || !t.Complete || t.Column(op.Column.Name) != nil) {
			return nil, "Whether " + table + "." + text.Quote(op.Column.Name) + " was there before is not known: it stays."
		}
		return alter("DROP COLUMN IF EXISTS " + text.Quote(op.Column.Name)), ""
	case *change.AddConstraint:
		return alter("DROP CONSTRAINT IF EXISTS " + text.Quote(nameFor(b.in.Script, b.state, c.Siblings, op, op.Constraint))), ""
	case *change.AlterColumnType:
		return b.undoType(c, op)
	case *change.AttachPartition:
		return b.undoAttach(c, op)
	case *change.DetachPartition:
		return b.undoDetach(c, op)
	case *change.CreateIndex:
		return b.undoIndex(op)
	case *change.RenameColumn:
		back := "ALTER TABLE " + table + " RENAME COLUMN " + text.Quote(op.To) + " TO " + text.Quote(op.From)
		return []string{b.onceWhere("pg_attribute WHERE attrelid = to_regclass("+text.Literal(table)+") AND attname = "+text.Literal(op.To)+" AND NOT attisdropped", back)}, ""
	case *change.RenameConstraint:
		back := "ALTER TABLE " + table + " RENAME CONSTRAINT " + text.Quote(op.To) + " TO " + text.Quote(op.From)
		return []string{b.onceWhere("pg_constraint WHERE conrelid = to_regclass("+text.Literal(table)+") AND conname = "+text.Literal(op.To), back)}, ""
	case *change.RenameIndex:
		now := change.Name{Schema: op.Index.Schema, Name: op.To}
		return []string{"ALTER INDEX IF EXISTS " + text.QuoteName(now) + " RENAME TO " + text.Quote(op.Index.Name)}, ""
	case *change.DropNotNull:
		if col := b.columnBefore(op.Table, op.Column); col != nil && col.Complete && !col.NotNull {
			return nil, ""
		}
		return b.onColumn(c, op.Column, alter("ALTER COLUMN "+text.Quote(op.Column)+" SET NOT NULL")), ""
	case *change.SetNotNull:
		if col := b.columnBefore(op.Table, op.Column); col != nil && col.NotNull {
			return nil, ""
		}
		return b.onColumn(c, op.Column, alter("ALTER COLUMN "+text.Quote(op.Column)+" DROP NOT NULL")), ""
	case *change.ColumnDefault:
		return b.undoDefault(c, op, alter)
	case *change.Maintain:
		if op.NoData {
			return nil, table + " is empty until it is refreshed."
		}
		return nil, ""
	case *change.Object:
		return b.undoObject(c, op)
	}
	return b.undoRest(c, op, alter)
}

// undoRest is the way back of what changes little, and of what cannot be taken back.
func (b *builder) undoRest(c *Case, op change.Op, alter func(string) []string) (sql []string, final string) {
	switch op := op.(type) {
	case *change.SetOption, *change.Select, *change.LockTable, *change.Reindex, *change.TxControl:
		return nil, ""
	case *change.ValidateConstraint:
		return b.undoValidate(c, op)
	case *change.CreateTrigger:
		return b.undoCreateTrigger(c, op)
	case *change.DropTrigger:
		return b.undoDropTrigger(c, op)
	case *change.RenameTable:
		return b.undoRenameTable(c, op)
	case *change.TableOption:
		return b.undoTableOption(c, op, alter)
	case *change.ColumnOption:
		return b.undoColumnOption(c, op, alter)
	case *change.AlterGenerated:
		return b.undoGenerated(c, op, alter)
	case *change.AlterConstraint:
		return b.undoAlterConstraint(c, op)
	case *change.AlterIndex:
		return b.undoAlterIndex(c, op)
	}
	return nil, b.lost(c, op)
}

// lost says what nothing brings back.
func (b *builder) lost(c *Case, op change.Op) string {
	if rows := rowsLost(op, c.Table()); rows != "" {
		return rows
	}
	switch op := op.(type) {
	case *change.DropColumn:
		return "The values of " + c.Table() + "." + c.Q(op.Column) + " are gone: only a backup has them."
	case *change.Opaque:
		return "What the statement changes is not known, nor how to take it back: " + op.Why + "."
	}
	return "How things were before " + strings.ToUpper(strings.ReplaceAll(op.Kind().String(), "-", " ")) + " is not known: they stay as they are now."
}

// onceWhere is a statement that runs only where the catalogue has a row, so that
// it can run again.
func (b *builder) onceWhere(row, sql string) string {
	if b.in.Target.Dialect != "postgres" {
		return sql
	}
	return whereThereIs(b.in.Text, row, sql)
}

// whereThereIs runs a statement only where a table or the catalogue has a row.
func whereThereIs(text Text, row, sql string) string {
	return "DO " + text.DollarQuote("\nBEGIN\n  IF EXISTS (SELECT FROM "+row+") THEN\n    "+sql+";\n  END IF;\nEND\n")
}

func (b *builder) columnBefore(table change.Name, column string) *schema.Column {
	if t := b.state.Table(table); t != nil {
		return t.Column(column)
	}
	return nil
}

// undoDropIndex builds an index again, while everybody reads and writes.
func (b *builder) undoDropIndex(c *Case, op *change.DropIndex) (way wayBack, final string) {
	shown := c.Text.QuoteName(op.Index)
	if op.Cascade {
		return way, "What CASCADE drops together with " + shown + " is not made again from here."
	}
	if ix := b.state.Index(op.Index); ix != nil {
		if t := b.state.Table(ix.Table); t != nil && t.Partitioned {
			return way, shown + " of the partitioned table " + c.Text.QuoteName(ix.Table) + " has to be built again on each partition: safemig fix plans that for its CREATE INDEX."
		}
	}
	way.first, final = c.recreateIndex(op.Index)
	return way, final
}

func (b *builder) undoIndex(op *change.CreateIndex) ([]string, string) {
	if op.IfNotExists {
		return nil, "Whether the index on " + b.in.Text.QuoteName(op.Table) + " was there before is not known: it stays."
	}
	return []string{"DROP INDEX IF EXISTS " + b.in.Text.QuoteName(change.Name{Schema: op.Table.Schema, Name: b.state.IndexName(op)})}, ""
}

func (b *builder) undoDefault(c *Case, op *change.ColumnDefault, alter func(string) []string) ([]string, string) {
	column := c.Q(op.Column)
	t, on := b.state.Table(op.Table), b.state.Resolve(op.Table)
	if t == nil && b.state.IsView(op.Table) {
		return b.undoViewDefault(c, op, alter)
	}
	if t == nil || t.Column(op.Column) == nil || !t.Column(op.Column).Complete {
		return nil, "The default that " + column + " had before is not known."
	}
	parts, _ := b.state.ColumnDef(on, op.Column)
	switch {
	case parts.Default != "":
		return b.onColumn(c, op.Column, alter("ALTER COLUMN "+column+" SET DEFAULT "+parts.Default)), ""
	case t.Column(op.Column).HasDefault && !parts.Sequence.IsZero(): // of a serial column
		return b.onColumn(c, op.Column, alter("ALTER COLUMN "+column+" SET DEFAULT nextval("+c.Text.Literal(c.Text.QuoteName(parts.Sequence))+"::regclass)")), ""
	}
	return b.onColumn(c, op.Column, alter("ALTER COLUMN "+column+" DROP DEFAULT")), ""
}

// undoViewDefault is the way back of a default that a view's column has.
func (b *builder) undoViewDefault(c *Case, op *change.ColumnDefault, alter func(string) []string) ([]string, string) {
	for _, d := range b.state.DefsAbout("view", op.Table) {
		if d.Class == "option" && d.Name.Name == "default" && d.Column == op.Column {
			return alter(d.Text), ""
		}
	}
	if !b.state.Seen("view", op.Table, change.Name{}) {
		return nil, "The default that " + c.Q(op.Column) + " had before is not known."
	}
	return alter("ALTER COLUMN " + c.Q(op.Column) + " DROP DEFAULT"), ""
}

// onColumn runs a clause about a column that the migration makes only where that
// is there: going back takes it away.
func (b *builder) onColumn(c *Case, column string, sql []string) []string {
	on := c.Op.Head().Table
	t := c.Input.State.Table(on)
	if made := b.state.Table(on); t != nil && t.Column(column) != nil || t == nil && (made == nil || !made.Complete) || len(sql) == 0 {
		return sql
	}
	return []string{b.onceWhere(catalogueRow(c.Text, "column", change.Name{Name: column}, on), strings.Join(sql, ";\n    "))}
}
