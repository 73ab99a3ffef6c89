package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

func columnFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Metadata, alterTable, "")
	return []fact.Row{
		{ID: "drop-column", Kind: change.KindDropColumn, Effect: ael, On: wholeTree},
		{ID: "drop-column-foreign-key", Kind: change.KindDropColumn, On: referencedByColumn(false),
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "the foreign key's triggers on it are dropped")},
		{ID: "drop-column-foreign-key-parent", Kind: change.KindDropColumn, On: referencedByColumn(true), From: fact.V(15),
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "the foreign key's triggers on it are dropped")},
		{ID: "drop-column-cascade", Kind: change.KindDropColumn, On: dependentsOfColumn,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "it depends on the column, and CASCADE drops it or its foreign key")},
		{ID: "rename-column", Kind: change.KindRenameColumn, Effect: ael, On: tree},
		{ID: "set-not-null", Kind: change.KindSetNotNull, When: scansForNull, On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "every row is read to make sure that it holds no NULL")},
		{ID: "set-not-null-proven", Kind: change.KindSetNotNull, When: not(scansForNull), Effect: ael, On: tree},
		{ID: "drop-not-null", Kind: change.KindDropNotNull, Effect: ael, On: tree},
		{ID: "column-default", Kind: change.KindColumnDefault, Effect: ael, On: tree},
		{ID: "alter-generated", Kind: change.KindAlterGenerated, When: not(changesExpression), Effect: ael, On: self},
		{ID: "alter-generated-partitions", Kind: change.KindAlterGenerated, When: both(not(changesExpression), not(changesNumbers)), From: fact.V(17), Effect: ael, On: belowParts},
		{ID: "alter-expression", Kind: change.KindAlterGenerated, When: both(changesExpression, not(setsStoredExpression)), From: fact.V(13), Effect: ael, On: tree},
		{ID: "set-expression-stored", Kind: change.KindAlterGenerated, When: setsStoredExpression, From: fact.V(17), On: tree,
			Effect: effect(change.AccessExclusive, change.Rewrite, alterTable, "the stored value of every row is computed again")},
	}
}

func columnOptionFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Metadata, alterTable, "")
	sue := effect(change.ShareUpdateExclusive, change.Metadata, alterTable, "")
	return []fact.Row{
		{ID: "column-statistics", Kind: change.KindColumnOption, When: columnOption("set statistics"), On: tree, Effect: sue},
		{ID: "column-attributes", Kind: change.KindColumnOption, When: columnOption("set (", "reset ("), On: self, Effect: sue},
		{ID: "column-storage", Kind: change.KindColumnOption, When: columnOption("set storage"), On: tree, Effect: ael},
		{ID: "column-compression", Kind: change.KindColumnOption, When: columnOption("set compression"), From: fact.V(14), On: self, Effect: ael},
		{ID: "column-foreign-options", Kind: change.KindColumnOption, When: columnOption("options"), On: self, Effect: ael},
	}
}

// foreignKeysOn are a table's foreign keys from a column.
func foreignKeysOn(t *schema.Table, column string) []*schema.Constraint {
	var out []*schema.Constraint
	for _, k := range t.Constraints {
		if k.Kind == change.ForeignKey && slices.Contains(k.Columns, column) {
			out = append(out, k)
		}
	}
	return out
}

// wholeTree: DROP COLUMN from ONLY a table locks those that inherit from it too,
// whose column becomes their own.
func wholeTree(c *fact.Ctx) []change.Name { return family(c, c.Op.Head().Table, true) }

// referencedByColumn are the tables that foreign keys of a dropped column point
// to: dropping the key drops its triggers there. They are partitioned ones, or
// the others and the partitions.
func referencedByColumn(partitioned bool) func(*fact.Ctx) []change.Name {
	return func(c *fact.Ctx) []change.Name {
		op := c.Op.(*change.DropColumn)
		t := c.State.Table(op.Table)
		if t == nil {
			return nil
		}
		var out []change.Name
		for _, k := range foreignKeysOn(t, op.Column) {
			out = addNames(out, withParts(c, k.Ref)...)
		}
		return onlyPartitioned(c, minus(out, []change.Name{t.Name}), partitioned)
	}
}

func dependentsOfColumn(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.DropColumn)
	if !op.Cascade {
		return nil
	}
	out := append(referencingColumn(c, op.Table, op.Column), c.State.ViewsOnColumn(op.Table, op.Column)...)
	return append(out, minus(numberedBy(c, ownedByColumn(c)), wholeTree(c))...)
}

// referencingColumn are the other tables with a foreign key to a column.
func referencingColumn(c *fact.Ctx, table change.Name, column string) []change.Name {
	var out []change.Name
	for _, r := range referencesTo(c, table) {
		if slices.Contains(referencedColumns(c, r.key), column) {
			out = addNames(out, withParts(c, r.table)...)
		}
	}
	return minus(out, []change.Name{c.State.Resolve(table)})
}

// scansForNull: PostgreSQL 12 and later skip the scan where a valid constraint
// proves that there is no NULL. A constraint that the same statement drops
// proves nothing: it is dropped first.
func scansForNull(c *fact.Ctx) bool {
	op := c.Op.(*change.SetNotNull)
	t := c.State.Table(op.Table)
	if t == nil {
		return true
	}
	rest := *t
	rest.Constraints = slices.DeleteFunc(slices.Clone(t.Constraints), func(k *schema.Constraint) bool { return dropsHere(c, k.Name) })
	if rest.ProvenNotNull(op.Column) {
		return false
	}
	col := t.Column(op.Column)
	return col == nil || !col.NotNull || isNotValid(t, op.Column)
}

func dropsHere(c *fact.Ctx, constraint string) bool {
	return slices.ContainsFunc(c.Stmt.Ops, func(op change.Op) bool {
		drop, ok := op.(*change.DropConstraint)
		return ok && drop.Name == constraint
	})
}

// isNotValid: NOT NULL .. NOT VALID of PostgreSQL 18 says nothing of the rows
// that are there.
func isNotValid(t *schema.Table, column string) bool {
	return slices.ContainsFunc(t.Constraints, func(k *schema.Constraint) bool {
		return k.Kind == change.NotNull && !k.Validated && slices.Contains(k.Columns, column)
	})
}

// changesNumbers is a change of an identity's sequence alone.
func changesNumbers(c *fact.Ctx) bool {
	return generated("set", "restart")(c) && !strings.Contains(strings.ToLower(c.Op.(*change.AlterGenerated).Action), "generated")
}

func changesExpression(c *fact.Ctx) bool {
	return strings.HasSuffix(strings.ToLower(c.Op.(*change.AlterGenerated).Action), "expression")
}

func setsStoredExpression(c *fact.Ctx) bool {
	op := c.Op.(*change.AlterGenerated)
	if !strings.EqualFold(op.Action, "set expression") {
		return false
	}
	t := c.State.Table(op.Table)
	if t == nil || t.Column(op.Column) == nil {
		return true
	}
	col := t.Column(op.Column)
	return !col.Complete || col.Stored
}

func columnOption(prefixes ...string) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		option := c.Op.(*change.ColumnOption).Option
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(option, p) })
	}
}
