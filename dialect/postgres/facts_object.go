package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func objectFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Metadata, "sql-commands.html", "")
	return []fact.Row{
		{ID: "object-of-table", Kind: change.KindObject, When: object("policy", "rule"), Effect: ael},
		{ID: "comment", Kind: change.KindObject, When: verb("comment"),
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, "sql-comment.html", "")},
		{ID: "statistics", Kind: change.KindObject, When: object("statistics"),
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, "sql-createstatistics.html", "")},
		{ID: "create-view", Kind: change.KindObject, When: both(object("view", "materialized view"), verb("create")), On: objectTables,
			Effect: effect(change.AccessShare, change.Rows, "sql-createview.html", "")},
		{ID: "change-view", Kind: change.KindObject, When: both(object("view", "materialized view"), not(verb("create", "comment", "grant", "revoke"))), On: objectName, Effect: ael},
		{ID: "alter-sequence", Kind: change.KindObject, When: both(object("sequence"), verb("alter")), On: objectName,
			Effect: effect(change.ShareRowExclusive, change.Metadata, "sql-altersequence.html", "nextval() waits")},
		{ID: "drop-sequence", Kind: change.KindObject, When: both(object("sequence"), verb("drop", "rename")), On: objectName, Effect: ael},
		{ID: "alter-domain-checked", Kind: change.KindObject, When: checkedDomain, On: domainTables,
			Effect: effect(change.Share, change.Scan, "sql-alterdomain.html", "every row of each table with a column of the domain is checked")},
		{ID: "publication", Kind: change.KindObject, When: object("publication"), On: objectTables,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, "sql-createpublication.html", "")},
		{ID: "database", Kind: change.KindObject, When: both(object("database", "tablespace", "subscription"), verb("create", "drop")), On: nothing, NoTx: true},
		{ID: "system", Kind: change.KindObject, When: object("system"), On: nothing, NoTx: true},
		{ID: "object", Kind: change.KindObject, When: otherObject, On: nothing},
	}
}

func object(classes ...string) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		op := c.Op.(*change.Object)
		return slices.Contains(classes, op.Class) && op.Verb != "comment" && op.Verb != "grant" && op.Verb != "revoke"
	}
}

func verb(verbs ...string) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return slices.Contains(verbs, c.Op.(*change.Object).Verb) }
}

func both(a, b func(*fact.Ctx) bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return a(c) && b(c) }
}

func objectName(c *fact.Ctx) []change.Name   { return one(c.Op.(*change.Object).Name) }
func objectTables(c *fact.Ctx) []change.Name { return c.Op.(*change.Object).Tables }

// otherObject is what locks no table: types, functions, roles, grants, extensions ...
func otherObject(c *fact.Ctx) bool {
	op := c.Op.(*change.Object)
	return op.Verb != "comment" && !object("policy", "rule", "statistics", "view", "materialized view", "publication", "system")(c) &&
		!both(object("sequence"), verb("alter", "drop", "rename"))(c) && !checkedDomain(c) &&
		!both(object("database", "tablespace", "subscription"), verb("create", "drop"))(c)
}

// checkedDomain is an ALTER DOMAIN that looks at every row of its type.
func checkedDomain(c *fact.Ctx) bool {
	op := c.Op.(*change.Object)
	if op.Class != "domain" || op.Verb != "alter" {
		return false
	}
	switch op.Action {
	case "set not null", "validate constraint":
		return true
	case "add constraint":
		return op.Constraint == nil || !op.Constraint.NotValid
	}
	return false
}

func domainTables(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Object)
	return c.State.TablesWithType(op.Name)
}
