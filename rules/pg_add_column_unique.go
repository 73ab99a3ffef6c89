package rules

import "github.com/safemig/safemig/dialect/change"

func addColumnUnique() *Rule {
	return &Rule{
		ID: "add-column-unique", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "unique-using-index",
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title:   "adding a UNIQUE or PRIMARY KEY column blocks reads and writes while its index is built",
			Why:     "The constraint builds an index over every row under ACCESS EXCLUSIVE, although the new column is NULL in all of them.",
			Instead: "Add the plain column; CREATE UNIQUE INDEX CONCURRENTLY in a file of its own; then ADD CONSTRAINT .. UNIQUE USING INDEX.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX"},
			Aliases: []string{},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", Files: []string{"ALTER TABLE orders ADD COLUMN code text UNIQUE;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN code text;", "CREATE UNIQUE INDEX CONCURRENTLY orders_code_key ON orders (code);", "SET lock_timeout = '2s';\nALTER TABLE orders ADD CONSTRAINT orders_code_key UNIQUE USING INDEX orders_code_key;"}}},
		},
		Op: func(p *Pass) {
			c := &p.Op.(*change.AddColumn).Column
			if c.Inline(change.Unique) == nil && c.Inline(change.PrimaryKey) == nil || !p.OldTable() {
				return
			}
			p.Report("add the plain column, then CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT .. USING INDEX", "adding column %s with a unique index blocks reads and writes of %s until the index is built", c.Name, p.Table())
		},
	}
}
