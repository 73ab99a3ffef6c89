package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func constraintFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Metadata, alterTable, "")
	sre := effect(change.ShareRowExclusive, change.Metadata, alterTable, "")
	return slices.Concat([]fact.Row{
		{ID: "add-check", Kind: change.KindAddConstraint, When: adds(change.Check, true), On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "every row is checked against the CHECK")},
		{ID: "add-check-not-valid", Kind: change.KindAddConstraint, When: adds(change.Check, false), On: tree, Effect: ael},
		{ID: "add-foreign-key", Kind: change.KindAddConstraint, When: adds(change.ForeignKey, true), On: bothSides,
			Effect: effect(change.ShareRowExclusive, change.Scan, alterTable, "every row is looked up in the referenced table")},
		{ID: "add-foreign-key-not-valid", Kind: change.KindAddConstraint, When: adds(change.ForeignKey, false), On: bothSides, Effect: sre},
		{ID: "add-key", Kind: change.KindAddConstraint, When: addsKey(false), On: tree,
			Effect: effect(change.AccessExclusive, change.IndexBuild, alterTable, "an index over every row is built")},
		{ID: "add-key-using-index", Kind: change.KindAddConstraint, When: addsKey(true), Effect: ael},
		{ID: "add-primary-key-nullable", Kind: change.KindAddConstraint, When: nullableKey, On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "a primary key makes its columns NOT NULL: every row is read to make sure")},
		{ID: "add-exclude", Kind: change.KindAddConstraint, When: adds(change.Exclude, true), On: tree,
			Effect: effect(change.AccessExclusive, change.IndexBuild, alterTable, "an index over every row is built and every row is checked")},
		{ID: "add-not-null", Kind: change.KindAddConstraint, When: adds(change.NotNull, true), On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "every row is read to make sure that it holds no NULL")},
		{ID: "add-not-null-not-valid", Kind: change.KindAddConstraint, When: adds(change.NotNull, false), On: tree, Effect: ael},
	}, laterConstraintFacts(ael))
}

func laterConstraintFacts(ael change.Effect) []fact.Row {
	return []fact.Row{
		{ID: "validate-constraint", Kind: change.KindValidateConstraint, On: tree,
			Effect: effect(change.ShareUpdateExclusive, change.Scan, alterTable, "every row is checked; reads and writes go on")},
		{ID: "validate-foreign-key", Kind: change.KindValidateConstraint, On: referencedBy(constraintName),
			Effect: effect(change.RowShare, change.Scan, alterTable, "every row is looked up in it")},
		{ID: "drop-constraint", Kind: change.KindDropConstraint, On: tree, Effect: ael},
		{ID: "drop-foreign-key", Kind: change.KindDropConstraint, On: referencedBy(constraintName),
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "the foreign key's triggers on it are dropped")},
		{ID: "alter-constraint", Kind: change.KindAlterConstraint, On: tree, Effect: ael},
		{ID: "rename-constraint", Kind: change.KindRenameConstraint, On: tree, Effect: ael},
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
		return !t.ProvenNotNull(n) && (col == nil || !col.NotNull)
	})
}

func bothSides(c *fact.Ctx) []change.Name {
	k := constraintOf(c)
	out := tree(c)
	if k.Ref != nil {
		out = append(out, withParts(c, k.Ref.Table)...)
	}
	return out
}

func constraintName(op change.Op) string {
	switch op := op.(type) {
	case *change.ValidateConstraint:
		return op.Name
	case *change.DropConstraint:
		return op.Name
	}
	return ""
}

// referencedBy is the other side of a foreign key that is named by a change.
func referencedBy(name func(change.Op) string) func(*fact.Ctx) []change.Name {
	return func(c *fact.Ctx) []change.Name {
		t := c.State.Table(c.Op.Head().Table)
		if t == nil {
			return nil
		}
		if k := t.Constraint(name(c.Op)); k != nil && k.Kind == change.ForeignKey {
			return one(k.Ref)
		}
		return nil
	}
}
