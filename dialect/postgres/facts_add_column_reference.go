package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// addColumnReferenceFacts are of ADD COLUMN .. REFERENCES. Without a default
// every new value is NULL and nothing needs looking up.
func addColumnReferenceFacts() []fact.Row {
	return []fact.Row{
		{ID: "add-column-references", Kind: change.KindAddColumn, When: inlineReference, On: inlineReferenced,
			Effect: effect(change.ShareRowExclusive, change.Metadata, alterTable, "the foreign key's trigger is added")},
		{ID: "add-column-references-default", Kind: change.KindAddColumn, When: both(inlineReference, looksUp), On: inlineReferencedBoth,
			Effect: effect(change.ShareRowExclusive, change.Scan, alterTable, "the default of every row is looked up in the referenced table")},
		{ID: "add-column-references-null", Kind: change.KindAddColumn, When: both(inlineReference, looksForNull), On: parts,
			Effect: effect(change.ShareRowExclusive, change.Scan, alterTable, "with DEFAULT NULL written out every row is read, though none holds a value to look up")},
	}
}

func inlineReference(c *fact.Ctx) bool {
	fk := added(c).Inline(change.ForeignKey)
	return fk != nil && fk.Ref != nil
}

func looksForNull(c *fact.Ctx) bool {
	d := added(c).Default
	return d != nil && d.Null && !added(c).Inline(change.ForeignKey).NotEnforced
}

// looksUp: the rows that are there get a value, and the server checks it. Those
// of an identity column it does not check.
func looksUp(c *fact.Ctx) bool {
	col := added(c)
	hasValue := col.Default != nil && !col.Default.Null || storedColumn(c) || serialColumn(c)
	return hasValue && !col.Inline(change.ForeignKey).NotEnforced
}

func inlineReferenced(c *fact.Ctx) []change.Name {
	return withParts(c, added(c).Inline(change.ForeignKey).Ref.Table)
}

func inlineReferencedBoth(c *fact.Ctx) []change.Name {
	return append(parts(c), inlineReferenced(c)...)
}
