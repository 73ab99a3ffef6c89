package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func partitionFacts() []fact.Row {
	ael := func(work change.Work, why string) change.Effect {
		return effect(change.AccessExclusive, work, alterTable, why)
	}
	return append(detachFacts(), []fact.Row{
		{ID: "attach-partition-parent", Kind: change.KindAttachPartition, On: self,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, alterTable, "")},
		{ID: "attach-partition", Kind: change.KindAttachPartition, When: not(provenBound), On: partitionItself,
			Effect: ael(change.Scan, "every row is checked against the partition's bound")},
		{ID: "attach-partition-proven", Kind: change.KindAttachPartition, When: provenBound, On: partitionItself,
			Effect: ael(change.Metadata, "a valid CHECK proves that every row is within the partition's bound")},
		{ID: "attach-partition-index", Kind: change.KindAttachPartition, On: indexedByAttach,
			Effect: ael(change.IndexBuild, "the partitioned table's indexes are built for it")},
		{ID: "attach-partition-references", Kind: change.KindAttachPartition, On: referencedByAttach,
			Effect: effect(change.ShareRowExclusive, change.Scan, alterTable, "every row of the partition is looked up in it")},
		{ID: "attach-partition-default", Kind: change.KindAttachPartition, When: not(provenOutside), On: defaultOfParent,
			Effect: ael(change.Scan, "every row of the default partition is checked: none may belong to the new one")},
		{ID: "attach-partition-default-proven", Kind: change.KindAttachPartition, When: provenOutside, On: defaultOfParent,
			Effect: ael(change.Metadata, "a valid CHECK proves that no row of the default partition belongs to the new one")},
	}...)
}

func detachFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Metadata, alterTable, "")
	sue := effect(change.ShareUpdateExclusive, change.Metadata, alterTable, "")
	return []fact.Row{
		{ID: "detach-partition", Kind: change.KindDetachPartition, When: detaches(false), Effect: ael,
			On: func(c *fact.Ctx) []change.Name { return append(self(c), defaultOf(c, c.Op.Head().Table)...) }},
		{ID: "detach-partition-part-13", Kind: change.KindDetachPartition, When: detaches(false), On: partitionItself, Before: fact.V(14), Effect: sue},
		{ID: "detach-partition-part", Kind: change.KindDetachPartition, When: detaches(false), On: partitionItself, From: fact.V(14), Effect: ael},
		{ID: "detach-partition-references", Kind: change.KindDetachPartition, When: detaches(false), On: referencedByTable,
			Effect: effect(change.ShareRowExclusive, change.Metadata, alterTable, "the partition gets a foreign key of its own")},
		{ID: "detach-partition-concurrently", Kind: change.KindDetachPartition, When: detaches(true), From: fact.V(14), NoTx: true, On: self,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, alterTable, "it waits for the transactions that use the partition")},
		{ID: "detach-partition-concurrently-part", Kind: change.KindDetachPartition, When: detaches(true), From: fact.V(14), On: partitionItself, Effect: ael},
		{ID: "detach-partition-finalize", Kind: change.KindDetachPartition, When: finalizes, From: fact.V(14), On: self, Effect: sue},
		{ID: "detach-partition-finalize-part", Kind: change.KindDetachPartition, When: finalizes, From: fact.V(14), On: partitionItself, Effect: ael},
	}
}

// partitionItself is the partition, with its own partitions.
func partitionItself(c *fact.Ctx) []change.Name {
	switch op := c.Op.(type) {
	case *change.AttachPartition:
		return withParts(c, op.Partition)
	case *change.DetachPartition:
		return withParts(c, op.Partition)
	}
	return nil
}

func detaches(concurrently bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		op := c.Op.(*change.DetachPartition)
		return op.Concurrently == concurrently && !op.Finalize
	}
}

func finalizes(c *fact.Ctx) bool { return c.Op.(*change.DetachPartition).Finalize }

func defaultOfParent(c *fact.Ctx) []change.Name {
	return minus(defaultOf(c, c.Op.Head().Table), partitionItself(c))
}

func referencedByTable(c *fact.Ctx) []change.Name {
	return referencedFrom(c, one(c.State.Resolve(c.Op.Head().Table)))
}

// referencedByAttach: a foreign key that the partition has already is taken as it is.
func referencedByAttach(c *fact.Ctx) []change.Name {
	return minus(referencedByTable(c), referencedFrom(c, partitionItself(c)))
}

// indexedByAttach is the partition where the partitioned table has an index that
// it lacks.
func indexedByAttach(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.AttachPartition)
	for _, ix := range c.State.IndexesOf(op.Table) {
		if !hasIndexLike(c, op.Partition, ix) {
			return partitionItself(c)
		}
	}
	return nil
}
