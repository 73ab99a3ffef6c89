package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

func typeFacts() []fact.Row {
	ael := func(work change.Work, why string) change.Effect {
		return effect(change.AccessExclusive, work, alterTable, why)
	}
	return []fact.Row{
		{ID: "alter-type-metadata", Kind: change.KindAlterColumnType, When: retypes(keepsBytes), On: tree,
			Effect: ael(change.Metadata, "the stored values stay as they are")},
		{ID: "alter-type-check", Kind: change.KindAlterColumnType, When: retypes(checksAgain), On: tree,
			Effect: ael(change.Scan, "every row is checked again against the column's CHECK")},
		{ID: "alter-type-collation", Kind: change.KindAlterColumnType, When: retypes(newCollation), On: tree,
			Effect: ael(change.IndexBuild, "the column's indexes are built again in the new order")},
		{ID: "alter-type-index", Kind: change.KindAlterColumnType, When: retypes(newIndex), On: tree,
			Effect: ael(change.IndexBuild, "the values stay as they are, but an index of the column is built again: it compares them otherwise, or has an expression or a condition")},
		{ID: "alter-type-rewrite", Kind: change.KindAlterColumnType, When: retypes(newBytes), On: tree,
			Effect: ael(change.Rewrite, "every row is written in the new type, every index of the column built again")},
		{ID: "alter-type-unknown", Kind: change.KindAlterColumnType, When: retypes(unknownType), On: tree,
			Effect: ael(change.Rewrite, "the column's type so far is not known; most changes of type write every row again")},
		{ID: "alter-type-foreign-key", Kind: change.KindAlterColumnType, On: otherSides(anyKey),
			Effect: ael(change.Metadata, "a foreign key over the column is made again")},
		{ID: "alter-type-foreign-key-check", Kind: change.KindAlterColumnType, When: not(retypes(keepsBytes)), On: otherSides(checkedKey),
			Effect: ael(change.Scan, "a foreign key over the column is made again, and every row checked against it")},
	}
}

// retype is what a change of type costs.
type retype uint8

const (
	keepsBytes retype = iota
	checksAgain
	newCollation
	newIndex
	newBytes
	unknownType
)

func retypes(want retype) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return costOfType(c) == want }
}

// costOfType follows ATColumnChangeRequiresRewrite: a cast that keeps the bytes
// needs no rewrite, nor does a length coercion that only widens.
func costOfType(c *fact.Ctx) retype {
	op := c.Op.(*change.AlterColumnType)
	if op.Using != nil && !op.UsingCast {
		return newBytes
	}
	t := c.State.Table(op.Table)
	var col *schema.Column
	if t != nil {
		col = t.Column(op.Column)
	}
	if col == nil || !col.TypeKnown {
		return unknownType
	}
	same, sameOrder := sameBytes(c, col.Type(), op.Type)
	switch {
	case !same:
		return newBytes
	case collation(op.Type) != collation(col.Type()) && isIndexed(c, t, op.Column):
		return newCollation
	case !sameOrder && isIndexed(c, t, op.Column) || hasComplexIndex(c, t, op.Column):
		return newIndex
	case t.HasCheckOn(op.Column):
		return checksAgain
	}
	return keepsBytes
}

// collation is a type's collation; COLLATE "default" is that of no COLLATE.
func collation(t change.Type) string {
	if t.Collation == "default" || t.Collation == "pg_catalog.default" {
		return ""
	}
	return t.Collation
}

// isIndexed says whether an index has the column as a key. A table that is not
// known whole may have one that was not seen.
func isIndexed(c *fact.Ctx, t *schema.Table, column string) bool {
	return !t.Complete || slices.ContainsFunc(c.State.IndexesOf(t.Name), func(ix *schema.Index) bool {
		return slices.Contains(ix.Columns, column)
	})
}

// hasComplexIndex: an index with an expression or a condition on the column is
// always built again (CheckIndexCompatible in the server's source).
func hasComplexIndex(c *fact.Ctx, t *schema.Table, column string) bool {
	return slices.ContainsFunc(c.State.IndexesOf(t.Name), func(ix *schema.Index) bool {
		return slices.Contains(ix.Uses, column) || (ix.Partial || ix.Exprs) && slices.Contains(ix.Columns, column)
	})
}

func anyKey(*fact.Ctx, *schema.Constraint) bool { return true }

// checkedKey: rows are looked up again where the values are new ones.
func checkedKey(c *fact.Ctx, k *schema.Constraint) bool {
	cost := costOfType(c)
	return k.Validated && k.Enforced && (cost == newBytes || cost == unknownType)
}

// otherSides are the tables at the other end of the column's foreign keys, in
// both directions.
func otherSides(which func(*fact.Ctx, *schema.Constraint) bool) func(*fact.Ctx) []change.Name {
	return func(c *fact.Ctx) []change.Name {
		op := c.Op.(*change.AlterColumnType)
		t := c.State.Table(op.Table)
		if t == nil {
			return nil
		}
		var out []change.Name
		for _, k := range foreignKeysOn(t, op.Column) {
			if which(c, k) {
				out = addNames(out, withParts(c, k.Ref)...)
			}
		}
		for _, r := range referencesTo(c, op.Table) {
			if which(c, r.key) && slices.Contains(referencedColumns(c, r.key), op.Column) {
				out = addNames(out, withParts(c, r.table)...)
			}
		}
		return minus(out, []change.Name{t.Name})
	}
}
