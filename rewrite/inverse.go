package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
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
			if why != "" && !strings.Contains(final, why) {
				final = strings.TrimSpace(final + " " + why)
			}
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
		return alter("ALTER COLUMN " + text.Quote(op.Column) + " SET NOT NULL"), ""
	case *change.SetNotNull:
		return alter("ALTER COLUMN " + text.Quote(op.Column) + " DROP NOT NULL"), ""
	case *change.ColumnDefault:
		return b.undoDefault(op, alter)
	case *change.Maintain:
		if op.NoData {
			return nil, table + " is empty until it is refreshed."
		}
		return nil, ""
	case *change.ValidateConstraint, *change.SetOption, *change.Select, *change.LockTable:
		return nil, ""
	case *change.CreateTrigger:
		return []string{"DROP TRIGGER IF EXISTS " + text.Quote(op.Name) + " ON " + table}, ""
	case *change.DropTrigger:
		return b.undoDropTrigger(op)
	case *change.Object:
		return b.undoObject(op)
	case *change.Insert, *change.Update, *change.Delete, *change.Truncate:
		return nil, "The rows that it changes stay changed."
	}
	return nil, notWritten(strings.ToUpper(strings.ReplaceAll(op.Kind().String(), "-", " ")))
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

func (b *builder) undoDefault(op *change.ColumnDefault, alter func(string) []string) ([]string, string) {
	column := b.in.Text.Quote(op.Column)
	t := b.state.Table(op.Table)
	if t == nil || t.Column(op.Column) == nil || !t.Column(op.Column).Complete {
		return nil, "The default that " + column + " had before is not known."
	}
	if c := t.Column(op.Column); c.HasDefault {
		return alter("ALTER COLUMN " + column + " SET DEFAULT " + c.Default), ""
	}
	return alter("ALTER COLUMN " + column + " DROP DEFAULT"), ""
}
