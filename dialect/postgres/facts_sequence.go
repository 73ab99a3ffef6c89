package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func sequenceFacts() []fact.Row {
	const page = "sql-altersequence.html"
	return []fact.Row{
		{ID: "create-sequence", Kind: change.KindObject, When: both(object("sequence"), verb("create")), On: nothing},
		{ID: "sequence-owned-by", Kind: change.KindObject, When: both(object("sequence"), verb("create", "alter")), On: self,
			Effect: effect(change.AccessShare, change.Metadata, page, "")},
		{ID: "alter-sequence", Kind: change.KindObject, When: both(object("sequence"), both(verb("alter"), not(movesSequence))), On: objectName,
			Effect: effect(change.ShareRowExclusive, change.Metadata, page, "nextval() waits")},
		{ID: "move-sequence", Kind: change.KindObject, When: both(object("sequence"), movesSequence), On: objectName,
			Effect: effect(change.AccessExclusive, change.Metadata, page, "nextval() waits")},
		{ID: "drop-sequence", Kind: change.KindObject, When: both(object("sequence"), verb("drop", "rename")), On: objectName,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-dropsequence.html", "")},
		{ID: "drop-sequence-cascade", Kind: change.KindObject, When: both(object("sequence"), verb("drop")), On: usingSequence,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-dropsequence.html", "the default that uses the sequence is dropped")},
	}
}

// movesSequence: the owner, the schema, LOGGED and UNLOGGED.
func movesSequence(c *fact.Ctx) bool {
	switch op := c.Op.(*change.Object); op.Action {
	case "owner", "set schema", "set logged", "set un logged":
		return op.Verb == "alter"
	}
	return false
}

// usingSequence are the tables with a default that CASCADE drops.
func usingSequence(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Object)
	if !op.Cascade {
		return nil
	}
	return addNames(c.State.Using(op.Name), one(c.State.TableOf("sequence", op.Name))...)
}
