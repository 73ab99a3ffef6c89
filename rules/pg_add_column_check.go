package rules

import "github.com/safemig/safemig/dialect/change"

func addColumnCheck() *Rule {
	return &Rule{
		ID: "add-column-check", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "constraint-not-valid",
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title:   "adding a column with an inline CHECK blocks reads and writes while every row is checked",
			Why:     "The CHECK is tried on each row that is there, under ACCESS EXCLUSIVE, even when the new column has no default. An inline CHECK cannot be NOT VALID.",
			Instead: "Add the plain column; ADD CONSTRAINT .. CHECK (..) NOT VALID; VALIDATE CONSTRAINT in another transaction.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"},
			Aliases: []string{},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", Files: []string{"ALTER TABLE orders ADD COLUMN qty int CHECK (qty > 0);"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", Tx: true, Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN qty int;\nALTER TABLE orders ADD CONSTRAINT qty_positive CHECK (qty > 0) NOT VALID;", "ALTER TABLE orders VALIDATE CONSTRAINT qty_positive;"}}},
		},
		Op: func(p *Pass) {
			c := &p.Op.(*change.AddColumn).Column
			check := c.Inline(change.Check)
			if check == nil || check.NotEnforced || !p.OldTable() {
				return
			}
			p.Report("add the plain column, then the CHECK as NOT VALID, then VALIDATE CONSTRAINT in another transaction", "adding column %s with a CHECK blocks reads and writes of %s until every row is checked", c.Name, p.Table())
		},
	}
}
