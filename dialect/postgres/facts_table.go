package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func tableFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Metadata, alterTable, "")
	rewrite := func(why string) change.Effect {
		return effect(change.AccessExclusive, change.Rewrite, alterTable, why)
	}
	return slices.Concat(createTableFacts(), dropTableFacts(), []fact.Row{
		{ID: "rename-table", Kind: change.KindRenameTable, Effect: ael},
		{ID: "set-logged", Kind: change.KindTableOption, When: option("logged", "unlogged"), Effect: rewrite("every row is written again")},
		{ID: "set-tablespace", Kind: change.KindTableOption, When: option("tablespace"), Effect: rewrite("the table's files are copied")},
		{ID: "set-access-method", Kind: change.KindTableOption, When: option("access method"), From: fact.V(15), On: tree, Effect: rewrite("every row is written again")},
		{ID: "table-storage-option", Kind: change.KindTableOption, When: option("storage", "cluster on"),
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, alterTable, "")},
		{ID: "table-trigger-state", Kind: change.KindTableOption, When: option("enable trigger", "disable trigger"), On: tree,
			Effect: effect(change.ShareRowExclusive, change.Metadata, alterTable, "")},
		{ID: "table-option", Kind: change.KindTableOption, When: otherOption, Effect: ael},
		{ID: "create-trigger", Kind: change.KindCreateTrigger, On: tree,
			Effect: effect(change.ShareRowExclusive, change.Metadata, "sql-createtrigger.html", "")},
		{ID: "drop-trigger", Kind: change.KindDropTrigger, On: tree,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-droptrigger.html", "")},
	})
}

func createTableFacts() []fact.Row {
	return []fact.Row{
		{ID: "create-table", Kind: change.KindCreateTable, On: nothing},
		{ID: "create-table-references", Kind: change.KindCreateTable, On: newReferences,
			Effect: effect(change.ShareRowExclusive, change.Metadata, "sql-createtable.html", "the foreign key's triggers are added to it")},
		{ID: "create-partition", Kind: change.KindCreateTable, On: parentOfNew,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-createtable.html", "the new partition is entered in it")},
		{ID: "create-partition-default", Kind: change.KindCreateTable, On: defaultOfNew,
			Effect: effect(change.AccessExclusive, change.Scan, "sql-createtable.html", "every row of the default partition is checked: none may belong to the new one")},
		{ID: "create-table-inherits", Kind: change.KindCreateTable, On: func(c *fact.Ctx) []change.Name { return c.Op.(*change.CreateTable).Inherits },
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, "sql-createtable.html", "")},
		{ID: "create-table-like", Kind: change.KindCreateTable, On: func(c *fact.Ctx) []change.Name { return c.Op.(*change.CreateTable).Like },
			Effect: effect(change.AccessShare, change.Metadata, "sql-createtable.html", "")},
		{ID: "create-table-as", Kind: change.KindCreateTable, On: func(c *fact.Ctx) []change.Name { return c.Op.(*change.CreateTable).Sources },
			Effect: effect(change.AccessShare, change.Rows, "sql-createtableas.html", "the query reads it")},
	}
}

func dropTableFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Metadata, "sql-droptable.html", "")
	return []fact.Row{
		{ID: "drop-table", Kind: change.KindDropTable, On: tree, Effect: ael},
		{ID: "drop-table-referenced", Kind: change.KindDropTable, On: referencedByTable,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-droptable.html", "a foreign key that pointed to it is dropped")},
		{ID: "drop-partition", Kind: change.KindDropTable, On: parentOf,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-droptable.html", "its partition is taken out")},
		{ID: "truncate", Kind: change.KindTruncate, On: tree,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-truncate.html", "")},
		{ID: "truncate-cascade", Kind: change.KindTruncate, When: func(c *fact.Ctx) bool { return c.Op.(*change.Truncate).Cascade }, On: referencing,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-truncate.html", "it references the table and is emptied with it")},
	}
}

func option(names ...string) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return slices.Contains(names, c.Op.(*change.TableOption).Option) }
}

// otherOption is every option without a row of its own.
func otherOption(c *fact.Ctx) bool {
	return !option("logged", "unlogged", "tablespace", "access method", "storage", "cluster on",
		"enable trigger", "disable trigger", "inherit", "no inherit")(c)
}

// newReferences are the tables that the new table's foreign keys point to.
func newReferences(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.CreateTable)
	var out []change.Name
	add := func(k *change.Constraint) {
		if k.Kind == change.ForeignKey && k.Ref != nil {
			out = append(out, k.Ref.Table)
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

func parentOfNew(c *fact.Ctx) []change.Name { return one(c.Op.(*change.CreateTable).PartitionOf) }

func defaultOfNew(c *fact.Ctx) []change.Name {
	return defaultOf(c, c.Op.(*change.CreateTable).PartitionOf)
}

func defaultOf(c *fact.Ctx, parent change.Name) []change.Name {
	if t := c.State.Table(parent); t != nil && !parent.IsZero() {
		return one(t.DefaultPart)
	}
	return nil
}

func parentOf(c *fact.Ctx) []change.Name {
	t := c.State.Table(c.Op.Head().Table)
	if t == nil || t.PartitionOf.IsZero() {
		return nil
	}
	return append(one(t.PartitionOf), defaultOf(c, t.PartitionOf)...)
}

func referencedByTable(c *fact.Ctx) []change.Name {
	t := c.State.Table(c.Op.Head().Table)
	if t == nil {
		return nil
	}
	var out []change.Name
	for _, k := range t.Constraints {
		if k.Kind == change.ForeignKey && k.Ref != t.Name {
			out = append(out, k.Ref)
		}
	}
	return out
}

// referencing are the tables with a foreign key to the change's table.
func referencing(c *fact.Ctx) []change.Name {
	return c.State.Referencing(c.Op.Head().Table)
}
