package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func indexFacts() []fact.Row {
	const why = "an index over every row is built"
	return []fact.Row{
		{ID: "create-index", Kind: change.KindCreateIndex, When: buildsIndex(false), On: tree,
			Effect: effect(change.Share, change.IndexBuild, "sql-createindex.html", why)},
		{ID: "create-index-only", Kind: change.KindCreateIndex, When: onlyParent,
			Effect: effect(change.Share, change.Metadata, "sql-createindex.html", "")},
		{ID: "create-index-concurrently", Kind: change.KindCreateIndex, When: buildsIndex(true), NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.IndexBuild, "sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY", why)},
		{ID: "drop-index", Kind: change.KindDropIndex, When: dropsIndex(false), On: indexedTable,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-dropindex.html", "")},
		{ID: "drop-index-concurrently", Kind: change.KindDropIndex, When: dropsIndex(true), On: indexedTable, NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, "sql-dropindex.html", "")},
		{ID: "rename-index", Kind: change.KindRenameIndex, On: nothing},
		{ID: "alter-index", Kind: change.KindAlterIndex, On: nothing},
		{ID: "reindex", Kind: change.KindReindex, When: reindexes(false), On: reindexed,
			Effect: effect(change.Share, change.IndexBuild, "sql-reindex.html", "the index is built again; queries that would use it wait too")},
		{ID: "reindex-concurrently", Kind: change.KindReindex, When: reindexes(true), On: reindexed, NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.IndexBuild, "sql-reindex.html#SQL-REINDEX-CONCURRENTLY", "the index is built again beside the old one")},
		{ID: "reindex-database", Kind: change.KindReindex, When: wholeDatabase, On: nothing, NoTx: true},
	}
}

// onlyParent: ON ONLY a partitioned table makes an index that holds nothing.
func onlyParent(c *fact.Ctx) bool {
	op := c.Op.(*change.CreateIndex)
	t := c.State.Table(op.Table)
	return op.Only && !op.Concurrently && t != nil && t.Partitioned
}

func buildsIndex(concurrently bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		return c.Op.(*change.CreateIndex).Concurrently == concurrently && !onlyParent(c)
	}
}

func dropsIndex(concurrently bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return c.Op.(*change.DropIndex).Concurrently == concurrently }
}

// indexedTable is the index's table; the index itself where its table was not seen.
func indexedTable(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.DropIndex)
	if ix := c.State.Index(op.Index); ix != nil {
		return withParts(c, ix.Table)
	}
	return one(op.Index)
}

func wholeDatabase(c *fact.Ctx) bool {
	o := c.Op.(*change.Reindex).Object
	return o == "database" || o == "system"
}

func reindexes(concurrently bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		return c.Op.(*change.Reindex).Concurrently == concurrently
	}
}

func reindexed(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Reindex)
	switch op.Object {
	case "table":
		return withParts(c, op.Name)
	case "index":
		if ix := c.State.Index(op.Name); ix != nil {
			return withParts(c, ix.Table)
		}
		return one(op.Name)
	}
	return c.State.TableNames(func(n change.Name) bool { return op.Object != "schema" || n.Schema == op.Name.Name })
}
