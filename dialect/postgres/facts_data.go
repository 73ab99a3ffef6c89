package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func dataFacts() []fact.Row {
	rows := func(page string) change.Effect { return effect(change.RowExclusive, change.Rows, page, "") }
	reads := effect(change.AccessShare, change.Rows, "sql-select.html", "")
	return append(maintenanceFacts(), []fact.Row{
		{ID: "insert", Kind: change.KindInsert, Effect: rows("sql-insert.html")},
		{ID: "update", Kind: change.KindUpdate, Effect: rows("sql-update.html")},
		{ID: "delete", Kind: change.KindDelete, Effect: rows("sql-delete.html")},
		{ID: "insert-source", Kind: change.KindInsert, On: func(c *fact.Ctx) []change.Name { return c.Op.(*change.Insert).Sources }, Effect: reads},
		{ID: "update-source", Kind: change.KindUpdate, On: func(c *fact.Ctx) []change.Name { return c.Op.(*change.Update).Sources }, Effect: reads},
		{ID: "delete-source", Kind: change.KindDelete, On: func(c *fact.Ctx) []change.Name { return c.Op.(*change.Delete).Sources }, Effect: reads},
		{ID: "select", Kind: change.KindSelect, When: locksRows(false), On: selected, Effect: reads},
		{ID: "select-for-update", Kind: change.KindSelect, When: locksRows(true), On: selected,
			Effect: effect(change.RowShare, change.Rows, "sql-select.html", "")},
		{ID: "lock-table", Kind: change.KindLockTable, When: locksWith(change.AccessExclusive), On: tree, Effect: effect(change.AccessExclusive, change.NoWork, "sql-lock.html", "")},
		{ID: "lock-table-exclusive", Kind: change.KindLockTable, When: locksWith(change.Exclusive), On: tree, Effect: effect(change.Exclusive, change.NoWork, "sql-lock.html", "")},
		{ID: "lock-table-share-row-exclusive", Kind: change.KindLockTable, When: locksWith(change.ShareRowExclusive), On: tree, Effect: effect(change.ShareRowExclusive, change.NoWork, "sql-lock.html", "")},
		{ID: "lock-table-share", Kind: change.KindLockTable, When: locksWith(change.Share), On: tree, Effect: effect(change.Share, change.NoWork, "sql-lock.html", "")},
		{ID: "lock-table-share-update-exclusive", Kind: change.KindLockTable, When: locksWith(change.ShareUpdateExclusive), On: tree, Effect: effect(change.ShareUpdateExclusive, change.NoWork, "sql-lock.html", "")},
		{ID: "lock-table-row-exclusive", Kind: change.KindLockTable, When: locksWith(change.RowExclusive), On: tree, Effect: effect(change.RowExclusive, change.NoWork, "sql-lock.html", "")},
		{ID: "lock-table-row-share", Kind: change.KindLockTable, When: locksWith(change.RowShare), On: tree, Effect: effect(change.RowShare, change.NoWork, "sql-lock.html", "")},
		{ID: "lock-table-access-share", Kind: change.KindLockTable, When: locksWith(change.AccessShare), On: tree, Effect: effect(change.AccessShare, change.NoWork, "sql-lock.html", "")},
	}...)
}

func maintenanceFacts() []fact.Row {
	return []fact.Row{
		{ID: "vacuum", Kind: change.KindMaintain, When: maintains("vacuum", false, false), NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.Scan, "sql-vacuum.html", "")},
		{ID: "vacuum-full", Kind: change.KindMaintain, When: maintains("vacuum", true, false), NoTx: true,
			Effect: effect(change.AccessExclusive, change.Rewrite, "sql-vacuum.html", "the table is written anew")},
		{ID: "analyze", Kind: change.KindMaintain, When: maintains("analyze", false, false),
			Effect: effect(change.ShareUpdateExclusive, change.Scan, "sql-analyze.html", "a sample of the rows is read")},
		{ID: "cluster", Kind: change.KindMaintain, When: maintains("cluster", false, false),
			Effect: effect(change.AccessExclusive, change.Rewrite, "sql-cluster.html", "the table is written anew in the index's order")},
		{ID: "repack", Kind: change.KindMaintain, When: maintains("repack", false, false), From: fact.V(19),
			Effect: effect(change.AccessExclusive, change.Rewrite, "sql-repack.html", "the table is written anew")},
		{ID: "repack-concurrently", Kind: change.KindMaintain, When: maintains("repack", false, true), From: fact.V(19), NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.Rewrite, "sql-repack.html", "the table is written anew beside the old one")},
		{ID: "refresh-matview", Kind: change.KindMaintain, When: maintains("refresh", false, false),
			Effect: effect(change.AccessExclusive, change.Rewrite, "sql-refreshmaterializedview.html", "the query runs and its rows are written")},
		{ID: "refresh-matview-concurrently", Kind: change.KindMaintain, When: maintains("refresh", false, true),
			Effect: effect(change.Exclusive, change.Rewrite, "sql-refreshmaterializedview.html", "the query runs and its rows are compared with the old ones")},
	}
}

func maintains(action string, full, concurrently bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		op := c.Op.(*change.Maintain)
		return op.Action == action && op.Full == full && op.Concurrently == concurrently
	}
}

func selected(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Select)
	return append(one(op.Table), op.Sources...)
}

func locksRows(want bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return (c.Op.(*change.Select).ForUpdate != "") == want }
}

func locksWith(l change.Lock) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return c.Op.(*change.LockTable).Lock == l }
}
