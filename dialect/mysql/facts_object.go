package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// exclusive holds the table for a moment, against everybody.
func exclusive(why string) change.Effect {
	return change.Effect{Blocks: everything, Work: change.Metadata, Why: why, Ref: metadataLocking}
}

func mysqlObjectRows() []fact.Row {
	v12 := fact.V(8, 0, 12)
	inplace, atOnce := catalogue(change.Inplace, "only the name changes"), instant("only the name changes")
	inplace.Ref, atOnce.Ref = tableOperations, tableOperations
	return append(wholeTableRows(),
		fact.Row{ID: "rename-table-inplace", Kind: change.KindRenameTable, Before: v12, Effect: inplace, On: alteredTable},
		fact.Row{ID: "rename-table", Kind: change.KindRenameTable, From: v12, Effect: atOnce, On: alteredTable, Source: fact.Measured},
	)
}

func mariadbObjectRows() []fact.Row {
	atOnce := instant("only the name changes")
	atOnce.Ref = mariadbInstant
	return append(wholeTableRows(),
		fact.Row{ID: "rename-table", Kind: change.KindRenameTable, Effect: atOnce, On: alteredTable, Source: fact.Measured},
		fact.Row{ID: "create-or-replace-table", Kind: change.KindCreateTable, When: replacesTable, On: alteredTable, Source: fact.Measured,
			Effect: exclusive("the table that is there is dropped")})
}

// replacesTable is CREATE OR REPLACE TABLE of a table that is there.
func replacesTable(c *fact.Ctx) bool {
	op, ok := c.Op.(*change.CreateTable)
	return ok && op.OrReplace && c.State.Table(op.Table) != nil
}

// wholeTableRows are statements about tables and their triggers as a whole.
func wholeTableRows() []fact.Row {
	return []fact.Row{
		{ID: "create-table", Kind: change.KindCreateTable, On: noTable, Source: fact.Measured},
		{ID: "create-table-like", Kind: change.KindCreateTable, On: likeTables, Source: fact.Measured, Effect: change.Effect{
			Blocks: change.DDL, Why: "the table is locked against DDL for a moment, while its definition is read", Ref: metadataLocking}},
		{ID: "create-table-select", Kind: change.KindCreateTable, When: isFilledTable, On: sourceTables, Source: fact.Measured, Effect: change.Effect{
			Blocks: change.Writes | change.DDL, Work: change.Scan, Ref: lockedRows,
			Why: "every row that is read stays locked against writes until the new table is filled"}},
		{ID: "drop-table", Kind: change.KindDropTable, On: droppedTable, Source: fact.Measured,
			Effect: exclusive("the table and its file are dropped")},
		{ID: "truncate", Kind: change.KindTruncate, On: alteredTable, Source: fact.Measured,
			Effect: exclusive("the table is dropped and made anew")},
		{ID: "create-trigger", Kind: change.KindCreateTrigger, On: alteredTable, Source: fact.Measured,
			Effect: exclusive("the trigger is added once no transaction uses the table")},
		{ID: "drop-trigger", Kind: change.KindDropTrigger, On: triggerTable, Source: fact.Measured,
			Effect: exclusive("the trigger is dropped once no transaction uses the table")},
	}
}

func likeTables(c *fact.Ctx) []change.Name { return c.Op.(*change.CreateTable).Like }

func isFilledTable(c *fact.Ctx) bool { return c.Op.(*change.CreateTable).As }

func droppedTable(c *fact.Ctx) []change.Name {
	if c.Op.(*change.DropTable).Temp {
		return nil
	}
	return alteredTable(c)
}

// triggerTable is the table of a trigger: DROP TRIGGER does not name it.
func triggerTable(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.DropTrigger)
	if !op.Table.IsZero() {
		return []change.Name{op.Table}
	}
	return c.State.TableNames(func(n change.Name) bool {
		return slices.Contains(c.State.Table(n).Triggers, op.Name)
	})
}

// isServersOwn: the tables of these schemas are views of the server's memory,
// which nobody waits for.
func isServersOwn(schema string) bool {
	return strings.EqualFold(schema, "information_schema") || strings.EqualFold(schema, "performance_schema")
}

// sourceTables are the tables that a statement reads, but for its own.
func sourceTables(c *fact.Ctx) []change.Name {
	var names []change.Name
	switch op := c.Op.(type) {
	case *change.CreateTable:
		names = op.Sources
	case *change.Insert:
		names = op.Sources
	case *change.Update:
		names = op.Sources
	case *change.Delete:
		names = op.Sources
	case *change.Select:
		names = op.Sources
	case *change.Object:
		names = op.Tables
	}
	return slices.DeleteFunc(slices.Clone(names), func(n change.Name) bool {
		return c.State.Resolve(n) == c.State.Resolve(c.Op.Head().Table) || c.State.IsView(n) || isServersOwn(n.Schema)
	})
}
