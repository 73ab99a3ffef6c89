package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

const alterTable = "sql-altertable.html"

func addColumnFacts() []fact.Row {
	return slices.Concat(addColumnRewriteFacts(), []fact.Row{
		{ID: "add-column", Kind: change.KindAddColumn, On: tree,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "")},
		{ID: "add-column-nextval", Kind: change.KindAddColumn, On: defaultSequences,
			Effect: effect(change.RowExclusive, change.Rows, "functions-sequence.html", "each row gets a number from it")},
		{ID: "add-column-unique", Kind: change.KindAddColumn, When: inlineKey, On: self,
			Effect: effect(change.AccessExclusive, change.IndexBuild, alterTable, "an index over every row is built")},
		{ID: "add-column-check", Kind: change.KindAddColumn, When: inlineCheck, On: checkedTables,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "every row is checked against the CHECK")},
		{ID: "add-column-required", Kind: change.KindAddColumn, When: both(requiredColumn, not(domainDefault)), On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "the first row it meets has no value for the column: the statement fails unless the table is empty")},
		{ID: "add-column-required-domain", Kind: change.KindAddColumn, Before: fact.V(13), When: both(requiredColumn, domainDefault), On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "before 13 the domain's default is not given to the rows that are there: the statement fails unless the table is empty")},
		{ID: "add-column-virtual-not-null", Kind: change.KindAddColumn, From: fact.V(18), When: virtualNotNull, On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "the value of every row is computed to make sure that it is not NULL")},
	})
}

func addColumnRewriteFacts() []fact.Row {
	rewrite := func(why string) change.Effect {
		return effect(change.AccessExclusive, change.Rewrite, alterTable, why)
	}
	return []fact.Row{
		{ID: "add-column-volatile-default", Kind: change.KindAddColumn, When: volatileDefault, On: tree,
			Effect: rewrite("a volatile default is computed for each row")},
		{ID: "add-column-unknown-default", Kind: change.KindAddColumn, When: unknownDefault, On: tree,
			Effect: rewrite("the default calls a function that is not known to be stable; if it is volatile it is computed for each row")},
		{ID: "add-column-domain-default", Kind: change.KindAddColumn, From: fact.V(13), When: volatileDomain, On: tree,
			Effect: rewrite("the domain's default is volatile, and computed for each row")},
		{ID: "add-column-serial", Kind: change.KindAddColumn, When: serialColumn, On: tree,
			Effect: rewrite("each row gets a number from the sequence")},
		{ID: "add-column-identity", Kind: change.KindAddColumn, When: identityColumn, On: tree,
			Effect: rewrite("each row gets a number from the sequence")},
		{ID: "add-column-stored", Kind: change.KindAddColumn, When: storedColumn, On: tree,
			Effect: rewrite("the generated value of each row is computed and stored")},
		{ID: "add-column-constrained-domain", Kind: change.KindAddColumn, When: constrainedColumn, On: tree,
			Effect: rewrite("each row is checked against the domain's constraint")},
	}
}

func added(c *fact.Ctx) *change.Column { return &c.Op.(*change.AddColumn).Column }

func volatileDefault(c *fact.Ctx) bool {
	d := added(c).Default
	return d != nil && volatilityHere(c, d) == change.Volatile
}

func unknownDefault(c *fact.Ctx) bool {
	d := added(c).Default
	return d != nil && volatilityHere(c, d) == change.VolatilityUnknown
}

func serialColumn(c *fact.Ctx) bool   { return strings.HasSuffix(added(c).Type.Name, "serial") }
func identityColumn(c *fact.Ctx) bool { return added(c).Identity != "" }

func storedColumn(c *fact.Ctx) bool {
	g := added(c).Generated
	return g != nil && g.Stored
}

func virtualNotNull(c *fact.Ctx) bool {
	g := added(c).Generated
	return g != nil && !g.Stored && added(c).NotNull
}

// defaultSequences are those that the default takes numbers from.
func defaultSequences(c *fact.Ctx) []change.Name {
	if added(c).Default == nil {
		return nil
	}
	return added(c).Default.Sequences
}

// domainOf is the domain that a type is, or nil. An array of a domain is none.
func domainOf(c *fact.Ctx, t change.Type) *schema.UserType {
	u := c.State.Type(change.Name{Schema: t.Schema, Name: t.Name})
	if u == nil || u.Class != "domain" || t.Dims > 0 {
		return nil
	}
	return u
}

// isConstrained looks through domains over domains.
func isConstrained(c *fact.Ctx, t change.Type) bool {
	for range maxDepth {
		u := domainOf(c, t)
		if u == nil || u.Constrained {
			return u != nil
		}
		t = u.BaseType
	}
	return false
}

func constrainedColumn(c *fact.Ctx) bool { return isConstrained(c, added(c).Type) }

// domainDefault: the column has no default of its own, its domain has.
func domainDefault(c *fact.Ctx) bool {
	u := domainOf(c, added(c).Type)
	return added(c).Default == nil && u != nil && u.Default != nil && !u.Default.Null
}

func volatileDomain(c *fact.Ctx) bool {
	return domainDefault(c) && domainOf(c, added(c).Type).Default.Volatility >= change.Volatile
}

func inlineKey(c *fact.Ctx) bool {
	return added(c).Inline(change.Unique) != nil || added(c).Inline(change.PrimaryKey) != nil
}

func inlineCheck(c *fact.Ctx) bool {
	k := added(c).Inline(change.Check)
	return k != nil && !k.NotEnforced
}

// checkedTables: a CHECK with NO INHERIT holds for the table alone.
func checkedTables(c *fact.Ctx) []change.Name {
	if added(c).Inline(change.Check).NoInherit {
		return self(c)
	}
	return tree(c)
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
