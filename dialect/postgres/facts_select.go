package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func selectFacts() []fact.Row {
	const page = "sql-select.html"
	return []fact.Row{
		{ID: "select", Kind: change.KindSelect, On: selected, Effect: effect(change.AccessShare, change.Rows, page, "")},
		{ID: "select-for-update", Kind: change.KindSelect, When: locksRows, On: lockedRows,
			Effect: effect(change.RowShare, change.Rows, page+"#SQL-FOR-UPDATE-SHARE", "the rows that are found are locked")},
		{ID: "select-sequence", Kind: change.KindSelect, On: numberedSelect,
			Effect: effect(change.RowExclusive, change.Rows, "functions-sequence.html", "")},
		{ID: "explain-write", Kind: change.KindSelect, On: planned,
			Effect: effect(change.RowExclusive, change.Rows, "sql-explain.html", "the statement is planned and not run")},
	}
}

func selected(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Select)
	return read(c, append(one(op.Table), op.Sources...))
}

func locksRows(c *fact.Ctx) bool { return c.Op.(*change.Select).ForUpdate != "" }

func lockedRows(c *fact.Ctx) []change.Name { return read(c, c.Op.(*change.Select).Locked) }

func planned(c *fact.Ctx) []change.Name { return families(c, c.Op.(*change.Select).Planned) }

// lockTableFacts are one for each mode, whose name is the word for it.
func lockTableFacts() []fact.Row {
	modes := []struct {
		id   string
		lock change.Lock
	}{
		{"lock-table", change.AccessExclusive},
		{"lock-table-exclusive", change.Exclusive},
		{"lock-table-share-row-exclusive", change.ShareRowExclusive},
		{"lock-table-share", change.Share},
		{"lock-table-share-update-exclusive", change.ShareUpdateExclusive},
		{"lock-table-row-exclusive", change.RowExclusive},
		{"lock-table-row-share", change.RowShare},
		{"lock-table-access-share", change.AccessShare},
	}
	rows := make([]fact.Row, 0, len(modes))
	for _, m := range modes {
		rows = append(rows, fact.Row{
			ID: m.id, Kind: change.KindLockTable, On: lockedTables, Effect: effect(m.lock, change.NoWork, "sql-lock.html", ""),
			When: func(c *fact.Ctx) bool { return c.Op.(*change.LockTable).Lock == m.lock },
		})
	}
	return rows
}

// lockedTables: LOCK of a view locks what it reads.
func lockedTables(c *fact.Ctx) []change.Name {
	if c.Op.Head().Only {
		return self(c)
	}
	return read(c, one(c.Op.Head().Table))
}
