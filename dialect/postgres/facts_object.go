package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func objectFacts() []fact.Row {
	sue := func(page string) change.Effect {
		return effect(change.ShareUpdateExclusive, change.Metadata, page, "")
	}
	return []fact.Row{
		{ID: "statistics", Kind: change.KindObject, When: object("statistics"), On: statisticsTable, Effect: sue("sql-createstatistics.html")},
		{ID: "publication", Kind: change.KindObject, When: object("publication"), On: publishedTables, Effect: sue("sql-createpublication.html")},
		{ID: "function-reads", Kind: change.KindObject, When: object("function", "procedure"), On: objectTables,
			Effect: effect(change.AccessShare, change.Metadata, "sql-createfunction.html", "the body names it, and is checked")},
		{ID: "function-writes", Kind: change.KindObject, When: object("function", "procedure"), On: objectWrites,
			Effect: effect(change.RowExclusive, change.Metadata, "sql-createfunction.html", "the body writes to it, and is checked")},
		{ID: "drop-schema-cascade", Kind: change.KindObject, When: both(object("schema"), dropsCascade), On: inDroppedSchema,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-dropschema.html", "it is dropped with the schema, or its foreign key is")},
		{ID: "database", Kind: change.KindObject, When: both(object("database", "tablespace", "subscription"), verb("create", "drop")), On: nothing, NoTx: true},
		{ID: "system", Kind: change.KindObject, When: object("system"), On: nothing, NoTx: true},
		{ID: "object", Kind: change.KindObject, When: otherObject, On: nothing},
	}
}

// object is a statement about an object itself, not about its comment or rights.
func object(classes ...string) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		op := c.Op.(*change.Object)
		return slices.Contains(classes, op.Class) && op.Verb != "comment" && op.Verb != "grant" && op.Verb != "revoke"
	}
}

func verb(verbs ...string) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return slices.Contains(verbs, c.Op.(*change.Object).Verb) }
}

func objectName(c *fact.Ctx) []change.Name   { return one(c.Op.(*change.Object).Name) }
func objectTables(c *fact.Ctx) []change.Name { return c.Op.(*change.Object).Tables }
func objectWrites(c *fact.Ctx) []change.Name { return c.Op.(*change.Object).Writes }

// otherObject is what has no row of its own and locks no table: roles, most
// changes of types, functions in other languages, extensions ...
func otherObject(c *fact.Ctx) bool {
	own := []func(*fact.Ctx) bool{
		verb("comment", "grant", "revoke"), checksDomain, altersAttribute, namesTables,
		object("policy", "rule", "trigger", "statistics", "view", "materialized view", "publication", "sequence", "system"),
		both(object("database", "tablespace", "subscription"), verb("create", "drop")),
		both(object("schema", "type", "enum", "domain"), dropsCascade),
	}
	return !slices.ContainsFunc(own, func(is func(*fact.Ctx) bool) bool { return is(c) })
}

func namesTables(c *fact.Ctx) bool {
	op := c.Op.(*change.Object)
	return len(op.Tables)+len(op.Writes) > 0
}

// statisticsTable is the table of extended statistics that are made or dropped;
// other changes of them lock none.
func statisticsTable(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Object)
	if op.Verb == "drop" {
		return one(c.State.TableOf("statistics", op.Name))
	}
	return one(op.Table)
}

// publishedTables are those that a publication is told of, with the ones that
// SET takes out.
func publishedTables(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Object)
	var out []change.Name
	for _, n := range op.Tables {
		out = addNames(out, minus(family(c, n, true), withParts(c, n)[1:])...) // partitions are published through their parent
	}
	if op.Verb == "alter" && op.Action == "set" && len(op.Tables) > 0 {
		out = addNames(out, c.State.Published(op.Name.Name)...)
	}
	return out
}

// inDroppedSchema are the tables and views of a schema, the tables at the other
// end of their foreign keys, and those with a default from one of its sequences.
func inDroppedSchema(c *fact.Ctx) []change.Name {
	within := inSchema(c)
	tables := c.State.TableNames(within)
	out := slices.Concat(tables, c.State.ViewNames(within), referencedFrom(c, tables))
	for _, n := range tables {
		out = addNames(out, directlyReferencing(c, n)...)
		out = addNames(out, c.State.ViewsOn(n)...)
	}
	return addNames(out, numberedBy(c, sequencesInSchema(c))...)
}
