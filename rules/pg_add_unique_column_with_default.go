package rules

import "github.com/safemig/safemig/dialect/change"

func addUniqueColumnWithDefault() *Rule {
	return &Rule{
		ID: "add-unique-column-with-default", Family: Compatibility, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title:   "a UNIQUE column with one default for all rows fails as soon as there are two",
			Why:     "Every row that is there gets the same default, so the unique index cannot be built: the migration works on an empty database and fails on production.",
			Instead: "Add the column without a default, fill it with distinct values in batches, CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT .. UNIQUE USING INDEX.",
			Refs:    []string{"https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN"},
			Aliases: []string{"SM040"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"ALTER TABLE users ADD COLUMN slug text UNIQUE DEFAULT '';"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{
				"SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN slug text;",
				"CREATE UNIQUE INDEX CONCURRENTLY users_slug_idx ON users (slug);",
			}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.AddColumn)
			c := &op.Column
			unique := c.Inline(change.Unique) != nil || c.Inline(change.PrimaryKey) != nil
			if !unique || c.Default == nil || c.Default.Null || c.Default.Volatility > change.Stable || !p.OldTable() {
				return
			}
			p.Report("add it without the default, fill it with distinct values, then build the unique index", "all rows of %s get the same %s: UNIQUE fails as soon as there are two", p.Table(), c.Name)
		},
	}
}
