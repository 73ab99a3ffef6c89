package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func reindexFacts() []fact.Row {
	const page, why = "sql-reindex.html", "the index is built again under ACCESS EXCLUSIVE, and planning a query looks at every index of the table: reads wait too, but for prepared ones"
	const concurrently, beside = page + "#SQL-REINDEX-CONCURRENTLY", "the index is built again beside the old one"
	return []fact.Row{
		{ID: "reindex", Kind: change.KindReindex, When: both(reindexes(false), both(ofTable, not(ofPartitioned))), On: reindexed,
			Effect: effect(change.Share, change.IndexBuild, page, why)},
		{ID: "reindex-concurrently", Kind: change.KindReindex, When: both(reindexes(true), ofTable), On: reindexed, NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.IndexBuild, concurrently, beside)},
		{ID: "reindex-concurrently-partitions", Kind: change.KindReindex, When: both(reindexes(true), both(ofTable, ofPartitioned)), On: reindexedPartitions, From: fact.V(14), NoTx: true,
			Effect: effect(change.Share, change.Metadata, concurrently, "all partitions are locked for a moment while they are listed")},
		{ID: "reindex-partitioned", Kind: change.KindReindex, When: both(reindexes(false), both(ofTable, ofPartitioned)), On: reindexed, From: fact.V(14), NoTx: true,
			Effect: effect(change.Share, change.IndexBuild, page, why)},
		{ID: "reindex-partitioned-skipped", Kind: change.KindReindex, When: both(reindexes(false), both(ofTable, ofPartitioned)), On: reindexedParent, Before: fact.V(14),
			Effect: effect(change.Share, change.Metadata, page, "before 14 partitions are not reindexed with the partitioned table")},
		{ID: "reindex-database", Kind: change.KindReindex, When: both(reindexes(false), not(ofTable)), On: reindexed, NoTx: true,
			Effect: effect(change.Share, change.IndexBuild, page, why)},
		{ID: "reindex-database-concurrently", Kind: change.KindReindex, When: both(reindexes(true), not(ofTable)), On: reindexed, NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.IndexBuild, concurrently, beside)},
	}
}

// ofTable says whether a REINDEX is of one table or index.
func ofTable(c *fact.Ctx) bool {
	o := c.Op.(*change.Reindex).Object
	return o == "table" || o == "index"
}

func ofPartitioned(c *fact.Ctx) bool {
	for _, n := range reindexed(c) {
		if t := c.State.Table(n); t != nil && t.Partitioned {
			return true
		}
	}
	return false
}

func reindexes(concurrently bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		return c.Op.(*change.Reindex).Concurrently == concurrently
	}
}

func reindexedPartitions(c *fact.Ctx) []change.Name { return onlyPartitioned(c, reindexed(c), false) }

func reindexedParent(c *fact.Ctx) []change.Name { return reindexed(c)[:1] }

// reindexed are the tables whose indexes are built again: of a schema or a
// database all that are known, but no partitioned ones.
func reindexed(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Reindex)
	switch op.Object {
	case "table":
		return withParts(c, op.Name)
	case "index":
		return indexedTable(c, op.Name)
	case "system":
		return nil
	}
	return c.State.TableNames(func(n change.Name) bool {
		t := c.State.Table(n)
		return !t.Partitioned && !t.Foreign && len(c.State.IndexesOf(n)) > 0 && (op.Object != "schema" || n.Schema == op.Name.Name)
	})
}
