package rules

import "github.com/safemig/safemig/dialect/change"

func addColumnGeneratedStored() *Rule {
	return &Rule{
		ID: "add-column-generated-stored", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "add-column-backfill",
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title:   "adding a stored generated column rewrites the table",
			Why:     "The generated value is computed and stored for each row that is there: the whole table is written again under ACCESS EXCLUSIVE, and nobody can read or write it.",
			Instead: "Add a plain nullable column, keep it filled with a trigger and fill the old rows in batches; or, on PostgreSQL 18 and later, make it VIRTUAL, which stores nothing.",
			Refs:    []string{"https://www.postgresql.org/docs/current/ddl-generated-columns.html"},
			Aliases: []string{"PG309", "add_column_generated_stored"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", Files: []string{"ALTER TABLE orders ADD COLUMN n int GENERATED ALWAYS AS (length(note)) STORED;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", Version: "18", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN n int GENERATED ALWAYS AS (length(note)) VIRTUAL;"}}},
		},
		Op: func(p *Pass) {
			c := &p.Op.(*change.AddColumn).Column
			if c.Generated == nil || !c.Generated.Stored || !p.OldTable() {
				return
			}
			p.Report(generatedHelp(p), "adding stored generated column %s rewrites %s: no reads, no writes until it is done", c.Name, p.Table())
		},
	}
}

func generatedHelp(p *Pass) string {
	if p.Facts.Has(p.Target, "virtual-column") {
		return "make it VIRTUAL; or a plain nullable column, a trigger that fills it, and a backfill in batches"
	}
	return "add a plain nullable column, a trigger that fills it, and backfill the old rows in batches"
}
