package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

const alterTable = "sql-altertable.html"

func columnFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Metadata, alterTable, "")
	return slices.Concat(addColumnFacts(), []fact.Row{
		{ID: "drop-column", Kind: change.KindDropColumn, Effect: ael, On: tree},
		{ID: "drop-column-foreign-key", Kind: change.KindDropColumn, Effect: ael, On: referencedByColumn},
		{ID: "rename-column", Kind: change.KindRenameColumn, Effect: ael, On: tree},
		{ID: "set-not-null", Kind: change.KindSetNotNull, When: scansForNull, On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "every row is read to make sure that it holds no NULL")},
		{ID: "set-not-null-proven", Kind: change.KindSetNotNull, When: not(scansForNull), Effect: ael, On: tree},
		{ID: "drop-not-null", Kind: change.KindDropNotNull, Effect: ael, On: tree},
		{ID: "column-default", Kind: change.KindColumnDefault, Effect: ael, On: tree},
		{ID: "alter-generated", Kind: change.KindAlterGenerated, When: not(setsStoredExpression), Effect: ael, On: tree},
		{ID: "set-expression-stored", Kind: change.KindAlterGenerated, When: setsStoredExpression, From: fact.V(17), On: tree,
			Effect: effect(change.AccessExclusive, change.Rewrite, alterTable, "the stored value of every row is computed again")},
		{ID: "column-statistics", Kind: change.KindColumnOption, When: columnOption("statistics", "options"), On: tree,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, alterTable, "")},
		{ID: "column-storage", Kind: change.KindColumnOption, When: not(columnOption("statistics", "options")), On: tree, Effect: ael},
	})
}

func addColumnFacts() []fact.Row {
	rewrite := func(why string) change.Effect {
		return effect(change.AccessExclusive, change.Rewrite, alterTable, why)
	}
	return []fact.Row{
		{ID: "add-column", Kind: change.KindAddColumn, On: tree,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "")},
		{ID: "add-column-volatile-default", Kind: change.KindAddColumn, When: volatileDefault, On: tree,
			Effect: rewrite("a volatile default is computed for each row")},
		{ID: "add-column-unknown-default", Kind: change.KindAddColumn, When: unknownDefault, On: tree,
			Effect: rewrite("the default calls a function that is not known to be stable; if it is volatile it is computed for each row")},
		{ID: "add-column-serial", Kind: change.KindAddColumn, When: serialColumn, On: tree,
			Effect: rewrite("each row gets a number from the sequence")},
		{ID: "add-column-identity", Kind: change.KindAddColumn, When: identityColumn, On: tree,
			Effect: rewrite("each row gets a number from the sequence")},
		{ID: "add-column-stored", Kind: change.KindAddColumn, When: storedColumn, On: tree,
			Effect: rewrite("the generated value of each row is computed and stored")},
		{ID: "add-column-constrained-domain", Kind: change.KindAddColumn, When: constrainedDomain, On: tree,
			Effect: rewrite("each row is checked against the domain's constraint")},
		{ID: "add-column-unique", Kind: change.KindAddColumn, When: inlineKey, On: tree,
			Effect: effect(change.AccessExclusive, change.IndexBuild, alterTable, "an index over every row is built")},
		{ID: "add-column-check", Kind: change.KindAddColumn, When: inlineCheck, On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "every row is checked against the CHECK")},
		{ID: "add-column-required", Kind: change.KindAddColumn, When: requiredColumn, On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "the first row it meets has no value for the column: the statement fails unless the table is empty")},
		{ID: "add-column-references", Kind: change.KindAddColumn, When: inlineReference(false), On: inlineReferenced,
			Effect: effect(change.ShareRowExclusive, change.Metadata, alterTable, "the foreign key's trigger is added")},
		{ID: "add-column-references-default", Kind: change.KindAddColumn, When: inlineReference(true), On: inlineReferencedBoth,
			Effect: effect(change.ShareRowExclusive, change.Scan, alterTable, "the default of every row is looked up in the referenced table")},
	}
}

func not(f func(*fact.Ctx) bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return !f(c) }
}

func added(c *fact.Ctx) *change.Column { return &c.Op.(*change.AddColumn).Column }

func volatileDefault(c *fact.Ctx) bool {
	d := added(c).Default
	return d != nil && d.Volatility == change.Volatile
}

func unknownDefault(c *fact.Ctx) bool {
	d := added(c).Default
	return d != nil && d.Volatility == change.VolatilityUnknown
}

func serialColumn(c *fact.Ctx) bool   { return strings.HasSuffix(added(c).Type.Name, "serial") }
func identityColumn(c *fact.Ctx) bool { return added(c).Identity != "" }
func storedColumn(c *fact.Ctx) bool {
	g := added(c).Generated
	return g != nil && g.Stored
}

func constrainedDomain(c *fact.Ctx) bool {
	col := added(c)
	t := c.State.Type(change.Name{Schema: col.Type.Schema, Name: col.Type.Name})
	return t != nil && t.Class == "domain" && t.Constrained
}

func inlineKey(c *fact.Ctx) bool {
	return added(c).Inline(change.Unique) != nil || added(c).Inline(change.PrimaryKey) != nil
}

func inlineCheck(c *fact.Ctx) bool {
	k := added(c).Inline(change.Check)
	return k != nil && !k.NotEnforced
}

// requiredColumn is NOT NULL (or PRIMARY KEY) with nothing to put into old rows.
func requiredColumn(c *fact.Ctx) bool {
	col := added(c)
	if !col.NotNull && col.Inline(change.PrimaryKey) == nil {
		return false
	}
	hasValue := col.Default != nil && !col.Default.Null || col.Generated != nil || col.Identity != "" || serialColumn(c)
	return !hasValue
}

// inlineReference: without a default every new value is NULL and nothing needs
// looking up.
func inlineReference(withDefault bool) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		col := added(c)
		fk := col.Inline(change.ForeignKey)
		hasDefault := col.Default != nil && !col.Default.Null || col.Generated != nil || col.Identity != ""
		return fk != nil && fk.Ref != nil && !fk.NotEnforced && hasDefault == withDefault
	}
}

func inlineReferenced(c *fact.Ctx) []change.Name {
	return withParts(c, added(c).Inline(change.ForeignKey).Ref.Table)
}

func inlineReferencedBoth(c *fact.Ctx) []change.Name {
	return append(tree(c), inlineReferenced(c)...)
}

// referencedByColumn are the tables that foreign keys of a dropped column point
// to: dropping the key drops its triggers there.
func referencedByColumn(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.DropColumn)
	t := c.State.Table(op.Table)
	if t == nil {
		return nil
	}
	var out []change.Name
	for _, k := range t.Constraints {
		if k.Kind == change.ForeignKey && slices.Contains(k.Columns, op.Column) && k.Ref != t.Name {
			out = append(out, k.Ref)
		}
	}
	return out
}

// scansForNull: PostgreSQL 12 and later skip the scan where a valid constraint
// proves that there is no NULL.
func scansForNull(c *fact.Ctx) bool {
	op := c.Op.(*change.SetNotNull)
	t := c.State.Table(op.Table)
	if t == nil {
		return true
	}
	if t.ProvenNotNull(op.Column) {
		return false
	}
	col := t.Column(op.Column)
	return col == nil || !col.NotNull
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

func columnOption(names ...string) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool {
		option := c.Op.(*change.ColumnOption).Option
		return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(option, n) })
	}
}
