package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func shortIntegerKey() *Rule {
	return &Rule{
		ID: "short-integer-key", Family: Style, Severity: Warning, Dialects: []string{"postgres"}, Off: true, Kinds: columnKinds(),
		Doc: Doc{
			Title:   "a primary key of type integer or smallint",
			Why:     "At 2,147,483,647 (32,767 for smallint) every INSERT fails, failed and rolled back ones count too, and the way to bigint is a rewrite of the table and of all that reference it.",
			Instead: "bigint from the start.",
			Refs:    []string{"https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT"},
			Aliases: []string{"prefer-big-int", "prefer-bigint-over-int", "prefer-bigint-over-smallint", "short_primary_key_type"},
			Bad:     []Example{{Files: []string{"CREATE TABLE users (id int PRIMARY KEY);"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint PRIMARY KEY);"}}},
		},
		Op: func(p *Pass) {
			key := keyOf(p.Op)
			everyNewColumn(p, func(c *change.Column) {
				whole := integerOf(c.Type.Name)
				if (whole == "integer" || whole == "smallint") && (c.Inline(change.PrimaryKey) != nil || len(key) == 1 && slices.Contains(key, c.Name)) {
					p.ReportAs(Warning, c.Span, "bigint", "the primary key %s is %s: it runs out", c.Name, c.Type.Name)
				}
			})
		},
	}
}

// keyOf is the primary key that a CREATE TABLE names apart from its columns.
func keyOf(op change.Op) []string {
	t, ok := op.(*change.CreateTable)
	if !ok {
		return nil
	}
	for _, k := range t.Constraints {
		if k.Kind == change.PrimaryKey {
			return k.Columns
		}
	}
	return nil
}
