package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func dropTableFacts() []fact.Row {
	ael := func(why string) change.Effect {
		return effect(change.AccessExclusive, change.Metadata, "sql-droptable.html", why)
	}
	return append(truncateFacts(), []fact.Row{
		{ID: "drop-table", Kind: change.KindDropTable, On: parts, Effect: ael("")},
		{ID: "drop-table-referenced", Kind: change.KindDropTable, On: referencedByDropped(false),
			Effect: ael("a foreign key that pointed to it is dropped")},
		{ID: "drop-table-referenced-parent", Kind: change.KindDropTable, On: referencedByDropped(true), From: fact.V(15),
			Effect: ael("a foreign key that pointed to it is dropped")},
		{ID: "drop-table-cascade", Kind: change.KindDropTable, On: dependents,
			Effect: ael("it depends on the table, and CASCADE drops it or its foreign key")},
		{ID: "drop-partition", Kind: change.KindDropTable, On: parentOf, Effect: ael("its partition is taken out")},
	}...)
}

func truncateFacts() []fact.Row {
	ael := func(why string) change.Effect {
		return effect(change.AccessExclusive, change.Metadata, "sql-truncate.html", why)
	}
	return []fact.Row{
		{ID: "truncate", Kind: change.KindTruncate, On: tree, Effect: ael("")},
		{ID: "truncate-cascade", Kind: change.KindTruncate, When: func(c *fact.Ctx) bool { return c.Op.(*change.Truncate).Cascade },
			On:     func(c *fact.Ctx) []change.Name { return referencing(c, tree(c)) },
			Effect: ael("it references the table and is emptied with it")},
		{ID: "truncate-partition", Kind: change.KindTruncate, On: partitionedOver, Before: fact.V(14),
			Effect: effect(change.AccessShare, change.Metadata, "sql-truncate.html", "")},
	}
}

// partitionedOver is the partitioned table that the change's table is a part of.
func partitionedOver(c *fact.Ctx) []change.Name {
	t := c.State.Table(c.Op.Head().Table)
	if t == nil {
		return nil
	}
	return one(t.PartitionOf)
}

// parentOf is the partitioned table that a dropped one is a part of, with the
// default partition, whose bound changes.
func parentOf(c *fact.Ctx) []change.Name {
	parent := partitionedOver(c)
	if len(parent) == 0 {
		return nil
	}
	return append(parent, defaultOf(c, parent[0])...)
}

// referencedByDropped are the tables that the dropped table's foreign keys point
// to: partitioned ones, or the others and the partitions.
func referencedByDropped(partitioned bool) func(*fact.Ctx) []change.Name {
	return func(c *fact.Ctx) []change.Name { return onlyPartitioned(c, referencedFrom(c, parts(c)), partitioned) }
}

// dependents are what CASCADE drops with a table, or takes a foreign key from.
func dependents(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.DropTable)
	if !op.Cascade {
		return nil
	}
	all := family(c, op.Table, true)
	var out []change.Name
	for _, n := range all {
		out = addNames(out, directlyReferencing(c, n)...)
		out = addNames(out, c.State.ViewsOn(n)...)
		out = addNames(out, numberedBy(c, c.State.OwnedBy(n, ""))...)
	}
	return addNames(inheritors(c), minus(out, all)...)
}
