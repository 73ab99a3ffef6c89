package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// triggerFacts are of triggers, rules and policies.
func triggerFacts() []fact.Row {
	ael := func(page string) change.Effect { return effect(change.AccessExclusive, change.Metadata, page, "") }
	return []fact.Row{
		{ID: "create-trigger", Kind: change.KindCreateTrigger, On: triggeredTables,
			Effect: effect(change.ShareRowExclusive, change.Metadata, "sql-createtrigger.html", "")},
		{ID: "create-constraint-trigger-from", Kind: change.KindCreateTrigger, On: func(c *fact.Ctx) []change.Name { return one(c.Op.(*change.CreateTrigger).Other) },
			Effect: effect(change.AccessShare, change.Metadata, "sql-createtrigger.html", "")},
		{ID: "drop-trigger", Kind: change.KindDropTrigger, On: parts, Effect: ael("sql-droptrigger.html")},
		{ID: "alter-trigger", Kind: change.KindObject, When: both(object("trigger"), verb("rename")), On: self, Effect: ael("sql-altertrigger.html")},
		{ID: "trigger-depends", Kind: change.KindObject, When: both(object("trigger"), not(verb("rename"))), On: self,
			Effect: effect(change.AccessShare, change.Metadata, "sql-altertrigger.html", "")},
		{ID: "rename-trigger-partitions", Kind: change.KindObject, When: both(object("trigger"), verb("rename")), On: belowParts, From: fact.V(15),
			Effect: ael("sql-altertrigger.html")},
		{ID: "object-of-table", Kind: change.KindObject, When: object("policy", "rule"), On: self, Effect: ael("sql-createpolicy.html")},
		{ID: "policy-reads", Kind: change.KindObject, When: object("policy", "rule"), On: objectTables,
			Effect: effect(change.AccessShare, change.Metadata, "sql-createpolicy.html", "it is read by the condition or the action")},
		{ID: "rule-writes", Kind: change.KindObject, When: object("rule"), On: objectWrites,
			Effect: effect(change.RowExclusive, change.Metadata, "sql-createrule.html", "the action writes to it")},
	}
}

// triggeredTables: a trigger for each row is made on every partition.
func triggeredTables(c *fact.Ctx) []change.Name {
	if c.Op.(*change.CreateTrigger).EachRow {
		return parts(c)
	}
	return self(c)
}
