package rules

import "github.com/safemig/safemig/dialect/change"

func addColumnIdentity() *Rule {
	return &Rule{
		ID: "add-column-identity", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "add-column-backfill",
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title:   "adding an identity column rewrites the table",
			Why:     "An identity column gets its value from a sequence for each row that is there, just as serial does: the whole table is written again under ACCESS EXCLUSIVE, and nobody can read or write it.",
			Instead: "Add a nullable bigint column with a sequence as its default, fill the old rows in batches, make it NOT NULL by way of a validated CHECK, then ADD GENERATED .. AS IDENTITY.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"},
			Aliases: []string{"PG310"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", Files: []string{"ALTER TABLE orders ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN number bigint;"}}},
		},
		Op: func(p *Pass) {
			c := &p.Op.(*change.AddColumn).Column
			if c.Identity == "" || !p.OldTable() {
				return
			}
			p.Report("add a nullable column, fill the old rows in batches, make it NOT NULL, then ADD GENERATED .. AS IDENTITY", "adding identity column %s rewrites %s: no reads, no writes until it is done", c.Name, p.Table())
		},
	}
}
