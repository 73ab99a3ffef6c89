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
		{ID: "insert", Kind: change.KindInsert, On: alteredTable, Source: fact.Measured, Effect: rowLocks(change.DDL, few)},
		{ID: "insert-select", Kind: change.KindInsert, On: sourceTables, Source: fact.Measured, Effect: rowLocks(writesAndDDL, read)},
		{ID: "update", Kind: change.KindUpdate, When: someRows, On: alteredTable, Source: fact.Measured, Effect: rowLocks(change.DDL, few)},
		{ID: "update-all", Kind: change.KindUpdate, When: allRows, On: alteredTable, Source: fact.Measured, Effect: rowLocks(writesAndDDL, all)},
		{ID: "update-sources", Kind: change.KindUpdate, On: sourceTables, Source: fact.Measured, Effect: rowLocks(change.DDL, read)},
		{ID: "delete", Kind: change.KindDelete, When: someRows, On: alteredTable, Source: fact.Measured, Effect: rowLocks(change.DDL, few)},
		{ID: "delete-all", Kind: change.KindDelete, When: allRows, On: alteredTable, Source: fact.Measured, Effect: rowLocks(writesAndDDL, all)},
		{ID: "delete-sources", Kind: change.KindDelete, On: sourceTables, Source: fact.Measured, Effect: rowLocks(change.DDL, read)},
		{ID: "select", Kind: change.KindSelect, When: plainSelect, On: sourceTables, Source: fact.Measured, Effect: change.Effect{
			Blocks: change.DDL, Why: "the metadata lock is held until the transaction ends", Ref: metadataLocking}},
		{ID: "select-for-update", Kind: change.KindSelect, When: lockingSelect, On: sourceTables, Source: fact.Measured, Effect: rowLocks(change.DDL, read)},
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
func maintenanceRows(dialect string) []fact.Row {
	return classified(change.KindMaintain, maintainClass, maintenancePage, append(repairLines(dialect),
		line{id: "optimize", class: classRebuild, effect: rebuild("OPTIMIZE rebuilds the table")},
		line{id: "optimize-fulltext", class: classFulltext, effect: copying("a table with a FULLTEXT index allows no writes while OPTIMIZE rebuilds it")},
		line{id: "optimize-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: OPTIMIZE allows no writes")},
		line{id: "analyze", class: classAnalyze, effect: sampled()},
		line{id: "check-table", class: classReadRows, effect: readThrough("every row is read")},
	))
}

// repairLines: InnoDB had no REPAIR but for a note that says so, until MariaDB
// 11.5 made it rebuild the table. What other engines do is not known here.
// https://mariadb.com/kb/en/repair-table/
func repairLines(dialect string) []line {
	nothing := exclusive("InnoDB has no REPAIR: it only locks the table for a moment and says so")
	if dialect == "mysql" {
		return []line{{id: "repair", class: classRepair, effect: nothing}}
	}
	v5 := fact.V(11, 5)
	return []line{
		{id: "repair", class: classRepair, before: v5, effect: nothing},
		{id: "repair-rebuild", class: classRepair, from: v5, effect: rebuild("REPAIR rebuilds the table")},
	}
}

// sampled reads some pages while everybody else goes on.
func sampled() change.Effect {
	return change.Effect{ConcurrentDML: true, Blocks: change.DDL, Work: change.Metadata, Why: "a few pages are sampled"}
}

// readThrough reads all rows while everybody else goes on.
func readThrough(why string) change.Effect {
	return change.Effect{ConcurrentDML: true, Blocks: change.DDL, Work: change.Scan, Why: why}
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
		if !otherEngine(ownTable(c)) {
			return classRepair
		}
	}
	return ""
}

// silentRows are statements that hold up nobody who works with a table.
func silentRows() []fact.Row {
	return []fact.Row{
		{ID: "transaction-control", Kind: change.KindTxControl, On: noTable, Source: fact.Measured},
		{ID: "setting", Kind: change.KindSetOption, On: noTable, Source: fact.Measured},
		{ID: "object", Kind: change.KindObject, When: func(c *fact.Ctx) bool { return !isView(c) }, On: noTable, Source: fact.Measured},
		{ID: "view", Kind: change.KindObject, When: isView, On: sourceTables, Source: fact.Measured, Effect: change.Effect{
			Blocks: change.DDL, Why: "the tables of a view are locked against DDL for a moment", Ref: metadataLocking}},
	}
}

func isView(c *fact.Ctx) bool { return c.Op.(*change.Object).Class == "view" }
