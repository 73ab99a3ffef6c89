package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// commentFacts are of COMMENT, SECURITY LABEL, GRANT and REVOKE.
func commentFacts() []fact.Row {
	return []fact.Row{
		{ID: "comment", Kind: change.KindObject, When: both(verb("comment"), not(commentsOnPart)), On: commented,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, "sql-comment.html", "")},
		{ID: "comment-on-part", Kind: change.KindObject, When: both(verb("comment"), commentsOnPart), On: self,
			Effect: effect(change.AccessShare, change.Metadata, "sql-comment.html", "")},
		{ID: "grant", Kind: change.KindObject, When: verb("grant", "revoke"), On: nothing},
		{ID: "grant-18", Kind: change.KindObject, When: verb("grant", "revoke"), From: fact.V(18), On: granted,
			Effect: effect(change.AccessShare, change.Metadata, "sql-grant.html", "")},
	}
}

// commentsOnPart: on a constraint, trigger, rule or policy of a table.
func commentsOnPart(c *fact.Ctx) bool {
	return slices.Contains([]string{"constraint", "trigger", "rule", "policy"}, c.Op.(*change.Object).Action)
}

// commented is the table, view or sequence that a comment is on; an index's
// table is not locked.
func commented(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Object)
	switch op.Action {
	case "table", "foreign table", "column":
		return one(op.Table)
	case "view", "materialized view", "sequence":
		return one(op.Name)
	}
	return nil
}

// granted are the tables, views and sequences that a GRANT names one by one.
func granted(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Object)
	if op.Action == "table" || op.Action == "sequence" {
		return one(op.Name)
	}
	return nil
}
