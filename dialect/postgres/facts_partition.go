package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func partitionFacts() []fact.Row {
	scan := effect(change.AccessExclusive, change.Scan, alterTable, "every row is checked against the partition's bound")
	return []fact.Row{
		{ID: "attach-partition-parent", Kind: change.KindAttachPartition,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, alterTable, "")},
		{ID: "attach-partition", Kind: change.KindAttachPartition, On: attached, Effect: scan},
		{ID: "attach-partition-default", Kind: change.KindAttachPartition, On: func(c *fact.Ctx) []change.Name { return defaultOf(c, c.Op.Head().Table) },
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "every row of the default partition is checked: none may belong to the new one")},
		{ID: "detach-partition", Kind: change.KindDetachPartition, When: detaches(false), On: detachedAll,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "")},
		{ID: "detach-partition-concurrently", Kind: change.KindDetachPartition, When: detaches(true), From: fact.V(14), NoTx: true,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, alterTable, "it waits for the transactions that use the partition")},
		{ID: "detach-partition-concurrently-part", Kind: change.KindDetachPartition, When: detaches(true), From: fact.V(14), On: attached,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "")},
		{ID: "split-merge-partition", Kind: change.KindPartitionOp, On: tree,
			Effect: effect(change.AccessExclusive, change.Rewrite, "sql-altertable.html", "the rows are copied into the new partitions")},
		{ID: "inherit-child", Kind: change.KindTableOption, When: option("inherit", "no inherit"),
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "")},
	}
}

func attached(c *fact.Ctx) []change.Name {
	switch op := c.Op.(type) {
	case *change.AttachPartition:
		return withParts(c, op.Partition)
	case *change.DetachPartition:
		return withParts(c, op.Partition)
	}
	return nil
}

func detaches(concurrently bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return c.Op.(*change.DetachPartition).Concurrently == concurrently }
}

func detachedAll(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.DetachPartition)
	return append(append(one(op.Table), defaultOf(c, op.Table)...), withParts(c, op.Partition)...)
}
