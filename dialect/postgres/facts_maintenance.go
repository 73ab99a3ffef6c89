package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func maintenanceFacts() []fact.Row {
	return append(clusterFacts(), []fact.Row{
		{ID: "vacuum", Kind: change.KindMaintain, When: maintains("vacuum", false, false), NoTx: true, On: vacuumed,
			Effect: effect(change.ShareUpdateExclusive, change.Scan, "sql-vacuum.html", "the pages that changed since the last time are read")},
		{ID: "vacuum-inheritors", Kind: change.KindMaintain, When: maintains("vacuum", false, false), From: fact.V(18), On: inheritors,
			Effect: effect(change.ShareUpdateExclusive, change.Scan, "sql-vacuum.html", "the pages that changed since the last time are read")},
		{ID: "vacuum-full", Kind: change.KindMaintain, When: maintains("vacuum", true, false), NoTx: true, On: vacuumed,
			Effect: effect(change.AccessExclusive, change.Rewrite, "sql-vacuum.html", "the table is written anew")},
		{ID: "analyze", Kind: change.KindMaintain, When: maintains("analyze", false, false), On: vacuumed,
			Effect: effect(change.ShareUpdateExclusive, change.Scan, "sql-analyze.html", "a sample of the rows is read")},
		{ID: "analyze-inheritors", Kind: change.KindMaintain, When: maintains("analyze", false, false), Before: fact.V(18), On: inheritors,
			Effect: effect(change.AccessShare, change.Scan, "sql-analyze.html", "a sample of the rows is read")},
		{ID: "analyze-inheritors-18", Kind: change.KindMaintain, When: maintains("analyze", false, false), From: fact.V(18), On: inheritors,
			Effect: effect(change.ShareUpdateExclusive, change.Scan, "sql-analyze.html", "a sample of the rows is read")},
	}...)
}

func clusterFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Rewrite, "sql-cluster.html", "the table is written anew in the index's order")
	return []fact.Row{
		{ID: "cluster", Kind: change.KindMaintain, When: both(clusters(false), clustersTable), On: self, Effect: ael},
		{ID: "cluster-partitioned", Kind: change.KindMaintain, When: clusters(true), From: fact.V(15), NoTx: true, On: parts, Effect: ael},
		{ID: "cluster-database", Kind: change.KindMaintain, When: both(clusters(false), not(clustersTable)), NoTx: true, On: nothing},
	}
}

func maintains(action string, full, concurrently bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		op := c.Op.(*change.Maintain)
		return op.Action == action && op.Full == full && op.Concurrently == concurrently
	}
}

func clusters(partitioned bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		t := c.State.Table(c.Op.Head().Table)
		return c.Op.(*change.Maintain).Action == "cluster" && partitioned == (t != nil && t.Partitioned)
	}
}

func clustersTable(c *fact.Ctx) bool { return !c.Op.Head().Table.IsZero() }

// vacuumed is the table with its partitions; without one every table of the
// database, of which those are named that are known.
func vacuumed(c *fact.Ctx) []change.Name {
	if !c.Op.Head().Table.IsZero() {
		return parts(c)
	}
	tables := c.State.TableNames(func(n change.Name) bool { return !c.State.Table(n).Foreign })
	return append(tables, c.State.ViewNames(c.State.IsMaterialized)...)
}
