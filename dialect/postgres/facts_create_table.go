package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func createTableFacts() []fact.Row {
	const page = "sql-createtable.html"
	return []fact.Row{
		{ID: "create-table", Kind: change.KindCreateTable, On: nothing},
		{ID: "create-table-references", Kind: change.KindCreateTable, On: newReferences,
			Effect: effect(change.ShareRowExclusive, change.Metadata, page, "the foreign key's triggers are added to it")},
		{ID: "create-partition", Kind: change.KindCreateTable, On: parentOfNew,
			Effect: effect(change.AccessExclusive, change.Metadata, page, "the new partition is entered in it")},
		{ID: "create-partition-default", Kind: change.KindCreateTable, When: not(newIsOutside), On: defaultOfNew,
			Effect: effect(change.AccessExclusive, change.Scan, page, "every row of the default partition is checked: none may belong to the new one")},
		{ID: "create-partition-default-proven", Kind: change.KindCreateTable, When: newIsOutside, On: defaultOfNew,
			Effect: effect(change.AccessExclusive, change.Metadata, page, "a valid CHECK proves that no row of the default partition belongs to the new one")},
		{ID: "create-partition-references", Kind: change.KindCreateTable, On: referencedByParent,
			Effect: effect(change.ShareRowExclusive, change.Metadata, page, "the partitioned table's foreign key is made for the new partition too")},
		{ID: "create-table-inherits", Kind: change.KindCreateTable, On: func(c *fact.Ctx) []change.Name { return created(c).Inherits },
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, page, "")},
		{ID: "create-table-like", Kind: change.KindCreateTable, On: func(c *fact.Ctx) []change.Name { return created(c).Like },
			Effect: effect(change.AccessShare, change.Metadata, page, "")},
		{ID: "create-table-as", Kind: change.KindCreateTable, On: sourcesOfNew,
			Effect: effect(change.AccessShare, change.Rows, "sql-createtableas.html", "the query reads it")},
		{ID: "rename-table", Kind: change.KindRenameTable, On: self,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "")},
	}
}

func created(c *fact.Ctx) *change.CreateTable { return c.Op.(*change.CreateTable) }

// newReferences are the tables that the new table's foreign keys point to.
func newReferences(c *fact.Ctx) []change.Name {
	op := created(c)
	var out []change.Name
	add := func(k *change.Constraint) {
		if k.Kind == change.ForeignKey && k.Ref != nil {
			out = addNames(out, withParts(c, k.Ref.Table)...)
		}
	}
	for i := range op.Constraints {
		add(&op.Constraints[i])
	}
	for i := range op.Columns {
		for j := range op.Columns[i].Constraints {
			add(&op.Columns[i].Constraints[j])
		}
	}
	return out
}

func parentOfNew(c *fact.Ctx) []change.Name { return one(created(c).PartitionOf) }

func newIsOutside(c *fact.Ctx) bool {
	return outsideDefault(c, created(c).PartitionOf, created(c).Bound)
}

func defaultOfNew(c *fact.Ctx) []change.Name { return defaultOf(c, created(c).PartitionOf) }

// defaultOf is a partitioned table's default partition, and its partitions.
func defaultOf(c *fact.Ctx, parent change.Name) []change.Name {
	if t := c.State.Table(parent); t != nil && !parent.IsZero() {
		return withParts(c, t.DefaultPart)
	}
	return nil
}

func referencedByParent(c *fact.Ctx) []change.Name {
	return referencedFrom(c, one(c.State.Resolve(created(c).PartitionOf)))
}

// sourcesOfNew: a query WITH NO DATA is not run, and so only what it names is locked.
func sourcesOfNew(c *fact.Ctx) []change.Name {
	if created(c).NoData {
		return created(c).Sources
	}
	return read(c, created(c).Sources)
}
