package postgres

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// userTypeFacts are of types and domains; most of their changes lock no table.
func userTypeFacts() []fact.Row {
	return []fact.Row{
		{ID: "alter-domain-checked", Kind: change.KindObject, When: checksDomain, On: tablesWithType,
			Effect: effect(change.Share, change.Scan, "sql-alterdomain.html", "every row of each table with a column of the domain is checked")},
		{ID: "alter-composite-type", Kind: change.KindObject, When: both(altersAttribute, not(retypesAttribute)), On: tablesOfType,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-altertype.html", "the table is of the type")},
		{ID: "alter-composite-type-rewrite", Kind: change.KindObject, When: retypesAttribute, On: tablesOfType,
			Effect: effect(change.AccessExclusive, change.Rewrite, "sql-altertype.html", "the table is of the type: its rows are written again")},
		{ID: "drop-type-cascade", Kind: change.KindObject, When: both(object("type", "enum", "domain"), dropsCascade), On: tablesWithType,
			Effect: effect(change.AccessExclusive, change.Metadata, "sql-droptype.html", "its column of the type is dropped")},
	}
}

// checksDomain is an ALTER DOMAIN that looks at every row of its type.
func checksDomain(c *fact.Ctx) bool {
	op := c.Op.(*change.Object)
	if op.Class != "domain" || op.Verb != "alter" {
		return false
	}
	switch op.Action {
	case "set not null", "validate constraint":
		return true
	case "add constraint":
		return op.Constraint == nil || !op.Constraint.NotValid
	}
	return false
}

func dropsCascade(c *fact.Ctx) bool {
	op := c.Op.(*change.Object)
	return op.Verb == "drop" && op.Cascade
}

// altersAttribute is ALTER TYPE .. ADD ATTRIBUTE and its like.
func altersAttribute(c *fact.Ctx) bool {
	op := c.Op.(*change.Object)
	return op.Class == "type" && op.Verb == "alter" && strings.Contains(op.Action, "attribute")
}

func retypesAttribute(c *fact.Ctx) bool {
	return altersAttribute(c) && c.Op.(*change.Object).Action == "alter attribute type"
}

func tablesWithType(c *fact.Ctx) []change.Name {
	return families(c, c.State.TablesWithType(c.Op.(*change.Object).Name))
}

func tablesOfType(c *fact.Ctx) []change.Name {
	return families(c, c.State.TablesOf(c.Op.(*change.Object).Name))
}
