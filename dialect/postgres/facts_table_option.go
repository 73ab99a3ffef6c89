package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func tableOptionFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Metadata, alterTable, "")
	sue := effect(change.ShareUpdateExclusive, change.Metadata, alterTable, "")
	rewrite := func(why string) change.Effect {
		return effect(change.AccessExclusive, change.Rewrite, alterTable, why)
	}
	return []fact.Row{
		{ID: "set-logged", Kind: change.KindTableOption, When: both(option("logged", "unlogged"), not(loggedAlready)), On: self,
			Effect: rewrite("every row is written again")},
		{ID: "set-logged-already", Kind: change.KindTableOption, When: both(option("logged", "unlogged"), loggedAlready), On: self, Effect: ael},
		{ID: "set-tablespace", Kind: change.KindTableOption, When: option("tablespace"), On: self, Effect: rewrite("the table's files are copied")},
		{ID: "set-access-method", Kind: change.KindTableOption, When: option("access method"), From: fact.V(15), On: self,
			Effect: rewrite("every row is written again")},
		{ID: "table-storage-option", Kind: change.KindTableOption, When: both(option("storage", "cluster on", "without cluster"), not(catalogOption)), On: self, Effect: sue},
		{ID: "table-catalog-option", Kind: change.KindTableOption, When: catalogOption, On: self, Effect: ael},
		{ID: "table-trigger-state", Kind: change.KindTableOption, When: option("enable trigger", "disable trigger"), On: parts,
			Effect: effect(change.ShareRowExclusive, change.Metadata, alterTable, "")},
		{ID: "inherit-child", Kind: change.KindTableOption, When: option("inherit", "no inherit"), On: self, Effect: ael},
		{ID: "inherit-parent", Kind: change.KindTableOption, When: option("inherit"), On: otherTable, Effect: sue},
		{ID: "no-inherit-parent", Kind: change.KindTableOption, When: option("no inherit"), On: otherTable,
			Effect: effect(change.AccessShare, change.Metadata, alterTable, "")},
		{ID: "table-option", Kind: change.KindTableOption, When: otherOption, On: self, Effect: ael},
	}
}

func option(names ...string) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return slices.Contains(names, c.Op.(*change.TableOption).Option) }
}

// otherOption is every option without a row of its own: the owner, row level
// security, REPLICA IDENTITY, OF, rules turned on and off ...
func otherOption(c *fact.Ctx) bool {
	return !option("logged", "unlogged", "tablespace", "access method", "storage", "cluster on", "without cluster",
		"enable trigger", "disable trigger", "inherit", "no inherit")(c)
}

func otherTable(c *fact.Ctx) []change.Name { return one(c.Op.(*change.TableOption).Other) }

// loggedAlready: the table is known to be as it is asked to be.
func loggedAlready(c *fact.Ctx) bool {
	t := c.State.Table(c.Op.Head().Table)
	return t != nil && t.Complete && t.Unlogged == (c.Op.(*change.TableOption).Option == "unlogged")
}

// catalogOption is the one storage parameter of a table that needs the strongest lock.
// https://www.postgresql.org/docs/current/sql-createtable.html#RELOPTION-USER-CATALOG-TABLE
func catalogOption(c *fact.Ctx) bool {
	return option("storage")(c) && strings.Contains(c.Op.(*change.TableOption).Value, "user_catalog_table")
}
