package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// ownedSequenceFacts are of the sequences that belong to a column of the changed
// table: those of serial and identity columns, and those OWNED BY a column. They
// come behind all other facts, so that a statement's tables are named first.
func ownedSequenceFacts() []fact.Row {
	ael := func(page, why string) change.Effect {
		return effect(change.AccessExclusive, change.Metadata, page, why)
	}
	const goes, follows = "it is dropped with its column", "it goes with its table"
	return append(identityFacts(), []fact.Row{
		{ID: "drop-table-sequence", Kind: change.KindDropTable, On: ownedBy(droppedTables), Effect: ael("sql-droptable.html", goes)},
		{ID: "drop-column-sequence", Kind: change.KindDropColumn, On: ownedByColumn, Effect: ael(alterTable, goes)},
		{ID: "drop-schema-sequence", Kind: change.KindObject, When: both(object("schema"), dropsCascade), On: sequencesInSchema,
			Effect: ael("sql-dropschema.html", "it is dropped with the schema")},
		{ID: "table-owner-sequence", Kind: change.KindTableOption, When: option("owner"), On: ownedBy(self), Effect: ael(alterTable, follows)},
		{ID: "set-logged-sequence", Kind: change.KindTableOption, When: both(option("logged", "unlogged"), not(loggedAlready)), From: fact.V(15),
			On: ownedBy(self), Effect: ael(alterTable, follows)},
		{ID: "set-schema-sequence", Kind: change.KindRenameTable, When: changesSchema, On: ownedBy(self), Effect: ael(alterTable, follows)},
		{ID: "truncate-sequence", Kind: change.KindTruncate, When: func(c *fact.Ctx) bool { return c.Op.(*change.Truncate).Restart },
			On: ownedBy(truncated), Effect: ael("sql-truncate.html", "RESTART IDENTITY sets it back")},
	}...)
}

// identityFacts are of an identity column's own sequence.
func identityFacts() []fact.Row {
	alters := effect(change.ShareRowExclusive, change.Metadata, alterTable, "nextval() waits, and so does every INSERT that needs it")
	return []fact.Row{
		{ID: "drop-identity-sequence", Kind: change.KindAlterGenerated, When: generated("drop identity"), On: ownedByColumn,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "it is dropped with the identity")},
		{ID: "alter-identity-sequence", Kind: change.KindAlterGenerated, When: generated("set", "restart"), On: identitySequences, Effect: alters},
		{ID: "alter-type-identity-sequence", Kind: change.KindAlterColumnType, On: identitySequences, Effect: alters},
	}
}

// ownedBy are the sequences that belong to these tables.
func ownedBy(tables func(*fact.Ctx) []change.Name) func(*fact.Ctx) []change.Name {
	return func(c *fact.Ctx) []change.Name {
		var out []change.Name
		for _, n := range tables(c) {
			out = addNames(out, c.State.OwnedBy(n, "")...)
		}
		return out
	}
}

// ownedByColumn are the sequences that belong to the changed column, and to that
// of the partitions.
func ownedByColumn(c *fact.Ctx) []change.Name {
	var out []change.Name
	for _, n := range withParts(c, c.Op.Head().Table) {
		out = addNames(out, c.State.OwnedBy(n, changedColumn(c))...)
	}
	return out
}

// changedColumn is the one column that the change is to.
func changedColumn(c *fact.Ctx) string {
	switch op := c.Op.(type) {
	case *change.DropColumn:
		return op.Column
	case *change.AlterColumnType:
		return op.Column
	case *change.AlterGenerated:
		return op.Column
	}
	return ""
}

// identitySequences is the sequence of the changed column, where that is an identity.
func identitySequences(c *fact.Ctx) []change.Name {
	t := c.State.Table(c.Op.Head().Table)
	if t == nil {
		return nil
	}
	if col := t.Column(changedColumn(c)); col != nil && col.Identity != "" {
		return one(col.Sequence)
	}
	return nil
}

// generated is a change of a generated column that begins with one of these words.
func generated(words ...string) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		action := strings.ToLower(c.Op.(*change.AlterGenerated).Action)
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(action, w) })
	}
}

func changesSchema(c *fact.Ctx) bool {
	op := c.Op.(*change.RenameTable)
	return op.To.Schema != "" && op.To.Schema != c.State.Resolve(op.Table).Schema
}

// droppedTables are a dropped table with its partitions, and what CASCADE takes along.
func droppedTables(c *fact.Ctx) []change.Name {
	if c.Op.(*change.DropTable).Cascade {
		return tree(c)
	}
	return parts(c)
}

// truncated are all tables that a TRUNCATE empties.
func truncated(c *fact.Ctx) []change.Name {
	out := tree(c)
	if c.Op.(*change.Truncate).Cascade {
		out = addNames(out, referencing(c, out)...)
	}
	return out
}

func inSchema(c *fact.Ctx) func(change.Name) bool {
	name := c.Op.(*change.Object).Name.Name
	return func(n change.Name) bool { return n.Schema == name }
}

func sequencesInSchema(c *fact.Ctx) []change.Name { return c.State.Parts("sequence", inSchema(c)) }

// numberedBy are the tables whose columns take their default from one of these
// sequences: with the sequence CASCADE drops the default.
func numberedBy(c *fact.Ctx, sequences []change.Name) []change.Name {
	var out []change.Name
	for _, n := range sequences {
		out = addNames(out, c.State.Using(n)...)
	}
	return out
}
