package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// Facts is what PostgreSQL 12 to 18 does for each change, as the servers
// themselves showed it (testdata/probes/postgres), and what the manual of 19 says.
func Facts() *fact.Table {
	measured := slices.Concat(
		addColumnFacts(), addColumnReferenceFacts(), columnFacts(), columnOptionFacts(), typeFacts(),
		addConstraintFacts(), constraintFacts(), indexFacts(), reindexFacts(),
		createTableFacts(), dropTableFacts(), tableOptionFacts(), partitionFacts(), triggerFacts(),
		rowFacts(), keyRowFacts(), selectFacts(), lockTableFacts(), maintenanceFacts(),
		viewFacts(), sequenceFacts(), userTypeFacts(), commentFacts(), objectFacts(), ownedSequenceFacts(), silentFacts(),
	)
	for i := range measured {
		measured[i].Source = fact.Measured
	}
	return fact.NewTable(append(measured, newerFacts()...), emptyOfRows)
}

const manual = "https://www.postgresql.org/docs/current/"

// effect is a lock with its work; page is the manual's page.
func effect(lock change.Lock, work change.Work, page, why string) change.Effect {
	return change.Effect{Lock: lock, Blocks: lock.Blocks(), Work: work, Why: why, Ref: manual + page}
}

// emptyOfRows settles that nothing grows on a table which holds no rows of its
// own: a partitioned table whose partitions are known, and a foreign table.
func emptyOfRows(c *fact.Ctx, effects []change.Effect) []change.Effect {
	out := slices.Clone(effects)
	for i, e := range out {
		t := c.State.Table(e.Table)
		if t == nil || !e.Work.Grows() {
			continue
		}
		if t.Foreign || t.Partitioned && len(t.Partitions) > 0 {
			out[i].Work = change.Metadata
		}
	}
	return out
}

// newerFacts are of PostgreSQL 19, which is not out: they are what its manual says.
func newerFacts() []fact.Row {
	return []fact.Row{
		{ID: "repack", Kind: change.KindMaintain, When: maintains("repack", false, false), From: fact.V(19),
			Effect: effect(change.AccessExclusive, change.Rewrite, "sql-repack.html", "the table is written anew")},
		{ID: "repack-concurrently", Kind: change.KindMaintain, When: maintains("repack", false, true), From: fact.V(19), NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.Rewrite, "sql-repack.html", "the table is written anew beside the old one")},
		{ID: "split-merge-partition", Kind: change.KindPartitionOp, From: fact.V(19), On: tree,
			Effect: effect(change.AccessExclusive, change.Rewrite, alterTable, "the rows are copied into the new partitions")},
	}
}

// silentFacts are statements that lock no table.
func silentFacts() []fact.Row {
	return []fact.Row{
		{ID: "transaction-control", Kind: change.KindTxControl, On: nothing},
		{ID: "setting", Kind: change.KindSetOption, When: not(discardsAll), On: nothing},
		{ID: "discard-all", Kind: change.KindSetOption, When: discardsAll, On: nothing, NoTx: true},
		{ID: "checkpoint", Kind: change.KindMaintain, When: maintains("checkpoint", false, false), On: nothing},
	}
}

// discardsAll: DISCARD ALL resets every setting as RESET ALL does.
func discardsAll(c *fact.Ctx) bool { return c.Op.(*change.SetOption).All && c.Stmt.Kind == "discard" }

func not(f func(*fact.Ctx) bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return !f(c) }
}

func both(a, b func(*fact.Ctx) bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return a(c) && b(c) }
}
