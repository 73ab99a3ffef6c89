package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func indexFacts() []fact.Row {
	const why = "an index over every row is built"
	return []fact.Row{
		{ID: "create-index", Kind: change.KindCreateIndex, When: buildsIndex(false), On: indexedParts,
			Effect: effect(change.Share, change.IndexBuild, "sql-createindex.html", why)},
		{ID: "create-index-only", Kind: change.KindCreateIndex, When: onlyParent, On: self,
			Effect: effect(change.Share, change.Metadata, "sql-createindex.html", "")},
		{ID: "create-index-concurrently", Kind: change.KindCreateIndex, When: buildsIndex(true), On: self, NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.IndexBuild, "sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY", why)},
		{ID: "drop-index", Kind: change.KindDropIndex, When: dropsIndex(false), On: droppedFrom,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-dropindex.html", "")},
		{ID: "drop-index-concurrently", Kind: change.KindDropIndex, When: dropsIndex(true), On: droppedFrom, NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, "sql-dropindex.html", "")},
		{ID: "rename-index", Kind: change.KindRenameIndex, On: nothing},
		{ID: "alter-index", Kind: change.KindAlterIndex, When: not(attachesIndex), On: nothing},
		{ID: "attach-index", Kind: change.KindAlterIndex, When: attachesIndex, On: attachedIndexes,
			Effect: effect(change.AccessShare, change.Metadata, "sql-alterindex.html", "")},
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

func indexedParts(c *fact.Ctx) []change.Name { return withParts(c, c.Op.Head().Table) }

func dropsIndex(concurrently bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return c.Op.(*change.DropIndex).Concurrently == concurrently }
}

// droppedFrom is the index's table; the index itself where its table was not seen.
func droppedFrom(c *fact.Ctx) []change.Name { return indexedTable(c, c.Op.(*change.DropIndex).Index) }

func indexedTable(c *fact.Ctx, index change.Name) []change.Name {
	if ix := c.State.Index(index); ix != nil {
		return withParts(c, ix.Table)
	}
	return one(index)
}

func attachesIndex(c *fact.Ctx) bool { return !c.Op.(*change.AlterIndex).Child.IsZero() }

// attachedIndexes are the tables of both indexes, where they are known.
func attachedIndexes(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.AlterIndex)
	var out []change.Name
	for _, n := range []change.Name{op.Index, op.Child} {
		if ix := c.State.Index(n); ix != nil {
			out = addNames(out, ix.Table)
		}
	}
	return out
}
