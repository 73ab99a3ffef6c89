package mysql

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// rowLocks is ordinary DML: the rows that it touches stay locked until the
// transaction ends, and the table's metadata lock keeps DDL waiting.
func rowLocks(blocks change.Access, why string) change.Effect {
	return change.Effect{Blocks: blocks, Work: change.Rows, Why: why, Ref: lockedRows}
}

// dataRows are the facts about rows, the same on both products.
func dataRows() []fact.Row {
	const few = "the rows that it changes stay locked until the transaction ends"
	const all = "every row is locked until the transaction ends"
	const read = "the rows that it reads stay locked against writes until the transaction ends"
	writesAndDDL := change.Writes | change.DDL
	return []fact.Row{
		{ID: "insert", Kind: change.KindInsert, On: alteredTable, Effect: rowLocks(change.DDL, few)},
		{ID: "insert-select", Kind: change.KindInsert, On: sourceTables, Effect: rowLocks(writesAndDDL, read), Source: fact.Measured},
		{ID: "update", Kind: change.KindUpdate, When: someRows, On: alteredTable, Effect: rowLocks(change.DDL, few)},
		{ID: "update-all", Kind: change.KindUpdate, When: allRows, On: alteredTable, Effect: rowLocks(writesAndDDL, all)},
		{ID: "update-sources", Kind: change.KindUpdate, On: sourceTables, Effect: rowLocks(change.DDL, read)},
		{ID: "delete", Kind: change.KindDelete, When: someRows, On: alteredTable, Effect: rowLocks(change.DDL, few)},
		{ID: "delete-all", Kind: change.KindDelete, When: allRows, On: alteredTable, Effect: rowLocks(writesAndDDL, all)},
		{ID: "delete-sources", Kind: change.KindDelete, On: sourceTables, Effect: rowLocks(change.DDL, read)},
		{ID: "select", Kind: change.KindSelect, When: plainSelect, On: sourceTables, Effect: change.Effect{
			Blocks: change.DDL, Why: "the metadata lock is held until the transaction ends", Ref: metadataLocking}},
		{ID: "select-for-update", Kind: change.KindSelect, When: lockingSelect, On: sourceTables, Effect: rowLocks(change.DDL, read)},
		{ID: "lock-tables-read", Kind: change.KindLockTable, When: locksForRead, On: alteredTable, Source: fact.Measured,
			Effect: tableLock(writesAndDDL)},
		{ID: "lock-tables-write", Kind: change.KindLockTable, When: locksForWrite, On: alteredTable, Source: fact.Measured,
			Effect: tableLock(everything)},
	}
}

func tableLock(blocks change.Access) change.Effect {
	return change.Effect{Blocks: blocks, Why: "the lock is held until UNLOCK TABLES or the end of the session",
		Ref: "https://dev.mysql.com/doc/refman/8.4/en/lock-tables.html"}
}

// allRows says whether no condition and no LIMIT bounds the rows.
func allRows(c *fact.Ctx) bool {
	switch op := c.Op.(type) {
	case *change.Update:
		return (op.Where == nil || op.Always) && !op.Limit
	case *change.Delete:
		return (op.Where == nil || op.Always) && !op.Limit
	}
	return false
}

func someRows(c *fact.Ctx) bool { return !allRows(c) }

func plainSelect(c *fact.Ctx) bool   { return c.Op.(*change.Select).ForUpdate == "" }
func lockingSelect(c *fact.Ctx) bool { return !plainSelect(c) }

func locksForWrite(c *fact.Ctx) bool { return c.Op.(*change.LockTable).Write }
func locksForRead(c *fact.Ctx) bool  { return !locksForWrite(c) }

// maintenanceRows are OPTIMIZE, ANALYZE, CHECK, CHECKSUM and REPAIR TABLE.
// https://dev.mysql.com/doc/refman/8.4/en/table-maintenance-statements.html
func maintenanceRows() []fact.Row {
	const page = "https://dev.mysql.com/doc/refman/8.4/en/table-maintenance-statements.html"
	sampling := change.Effect{ConcurrentDML: true, Blocks: change.DDL, Work: change.Metadata, Why: "a few pages are sampled"}
	reading := change.Effect{ConcurrentDML: true, Blocks: change.DDL, Work: change.Scan, Why: "every row is read"}
	repair := change.Effect{Blocks: everything, Work: change.Rewrite, Why: "the table is rebuilt (InnoDB has no REPAIR)"}
	return classified(change.KindMaintain, maintainClass, page, []line{
		{id: "optimize", class: classRebuild, effect: rebuild("OPTIMIZE rebuilds the table")},
		{id: "optimize-fulltext", class: classFulltext, effect: copying("a table with a FULLTEXT index allows no writes while OPTIMIZE rebuilds it")},
		{id: "optimize-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: OPTIMIZE allows no writes")},
		{id: "analyze", class: classAnalyze, effect: sampling},
		{id: "check-table", class: classReadRows, effect: reading},
		{id: "repair", class: classMoveRows, effect: repair},
	})
}

func maintainClass(c *fact.Ctx) class {
	switch c.Op.(*change.Maintain).Action {
	case "optimize":
		return rebuildClass(c)
	case "analyze":
		return classAnalyze
	case "check", "checksum":
		return classReadRows
	case "repair":
		return classMoveRows
	}
	return ""
}

// silentRows are statements that hold up nobody who works with a table.
func silentRows() []fact.Row {
	return []fact.Row{
		{ID: "transaction-control", Kind: change.KindTxControl, On: noTable},
		{ID: "setting", Kind: change.KindSetOption, On: noTable},
		{ID: "object", Kind: change.KindObject, When: func(c *fact.Ctx) bool { return !isView(c) }, On: noTable},
		{ID: "view", Kind: change.KindObject, When: isView, On: sourceTables, Source: fact.Measured, Effect: change.Effect{
			Blocks: change.DDL, Why: "the tables of a view are locked against DDL for a moment", Ref: metadataLocking}},
	}
}

func isView(c *fact.Ctx) bool { return c.Op.(*change.Object).Class == "view" }
