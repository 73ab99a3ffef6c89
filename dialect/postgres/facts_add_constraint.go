package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func addConstraintFacts() []fact.Row {
	ael := func(work change.Work, why string) change.Effect {
		return effect(change.AccessExclusive, work, alterTable, why)
	}
	return slices.Concat(addKeyFacts(), addForeignKeyFacts(), []fact.Row{
		{ID: "add-check", Kind: change.KindAddConstraint, When: adds(change.Check, true), On: constrained,
			Effect: ael(change.Scan, "every row is checked against the CHECK")},
		{ID: "add-check-not-valid", Kind: change.KindAddConstraint, When: adds(change.Check, false), On: constrained, Effect: ael(change.Metadata, "")},
		{ID: "add-not-null", Kind: change.KindAddConstraint, When: adds(change.NotNull, true), On: constrained, From: fact.V(18),
			Effect: ael(change.Scan, "every row is read to make sure that it holds no NULL")},
		{ID: "add-not-null-not-valid", Kind: change.KindAddConstraint, When: adds(change.NotNull, false), On: constrained, From: fact.V(18), Effect: ael(change.Metadata, "")},
		{ID: "add-constraint-inheritors", Kind: change.KindAddConstraint, When: not(addsForeignKey), On: inheritors, From: fact.V(18), Effect: ael(change.Metadata, "")},
	})
}

func addKeyFacts() []fact.Row {
	const why = "an index over every row is built"
	return []fact.Row{
		{ID: "add-key", Kind: change.KindAddConstraint, When: addsKey(false), On: self,
			Effect: effect(change.AccessExclusive, change.IndexBuild, alterTable, why)},
		{ID: "add-key-partitions", Kind: change.KindAddConstraint, When: addsKey(false), On: belowParts, Before: fact.V(18),
			Effect: effect(change.Share, change.IndexBuild, alterTable, why)},
		{ID: "add-key-partitions-18", Kind: change.KindAddConstraint, When: addsKey(false), On: belowParts, From: fact.V(18),
			Effect: effect(change.AccessExclusive, change.IndexBuild, alterTable, why)},
		{ID: "add-key-using-index", Kind: change.KindAddConstraint, When: addsKey(true), On: self,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "")},
		{ID: "add-primary-key-nullable", Kind: change.KindAddConstraint, When: nullableKey, On: parts,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "a primary key makes its columns NOT NULL: every row is read to make sure")},
		{ID: "add-exclude", Kind: change.KindAddConstraint, When: adds(change.Exclude, true), On: self,
			Effect: effect(change.AccessExclusive, change.IndexBuild, alterTable, "an index over every row is built and every row is checked")},
	}
}

func addForeignKeyFacts() []fact.Row {
	sre := effect(change.ShareRowExclusive, change.Metadata, alterTable, "")
	return []fact.Row{
		{ID: "add-foreign-key", Kind: change.KindAddConstraint, When: adds(change.ForeignKey, true), On: bothSides,
			Effect: effect(change.ShareRowExclusive, change.Scan, alterTable, "every row is looked up in the referenced table")},
		{ID: "add-foreign-key-not-valid", Kind: change.KindAddConstraint, When: adds(change.ForeignKey, false), On: bothSides, Effect: sre},
		{ID: "add-foreign-key-inheritors", Kind: change.KindAddConstraint, When: addsForeignKey, On: inheritors, From: fact.V(18), Effect: sre},
	}
}

func constraintOf(c *fact.Ctx) *change.Constraint {
	return &c.Op.(*change.AddConstraint).Constraint
}

// adds: checked says that the rows that are there are checked.
func adds(kind change.ConstraintKind, checked bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		k := constraintOf(c)
		return k.Kind == kind && checked == (!k.NotValid && !k.NotEnforced)
	}
}

func addsForeignKey(c *fact.Ctx) bool { return constraintOf(c).Kind == change.ForeignKey }

// constrained are the tables that the constraint is for: NO INHERIT leaves out
// those that inherit.
func constrained(c *fact.Ctx) []change.Name {
	if constraintOf(c).NoInherit {
		return self(c)
	}
	return tree(c)
}

func addsKey(usingIndex bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		k := constraintOf(c)
		return (k.Kind == change.Unique || k.Kind == change.PrimaryKey) && usingIndex == (k.UsingIndex != "")
	}
}

// nullableKey is a primary key over columns that are not known to be NOT NULL.
func nullableKey(c *fact.Ctx) bool {
	k := constraintOf(c)
	if k.Kind != change.PrimaryKey {
		return false
	}
	op := c.Op.Head()
	columns := k.Columns
	if k.UsingIndex != "" {
		ix := c.State.Index(change.Name{Schema: c.State.Resolve(op.Table).Schema, Name: k.UsingIndex})
		if ix == nil {
			return true
		}
		columns = ix.Columns
	}
	t := c.State.Table(op.Table)
	return slices.ContainsFunc(columns, func(n string) bool {
		if t == nil {
			return true
		}
		col := t.Column(n)
		return !t.ProvenNotNull(n) && (col == nil || !col.NotNull || isNotValid(t, n))
	})
}

func bothSides(c *fact.Ctx) []change.Name {
	k := constraintOf(c)
	out := parts(c)
	if k.Ref != nil {
		out = append(out, withParts(c, k.Ref.Table)...)
	}
	return out
}
