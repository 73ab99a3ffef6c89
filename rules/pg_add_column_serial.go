package rules

import "github.com/safemig/safemig/dialect/change"

func addColumnSerial() *Rule {
	return &Rule{
		ID: "add-column-serial", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "add-column-backfill",
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title:   "adding a serial column rewrites the table",
			Why:     "A serial column gets its value from a sequence for each row that is there: the whole table is written again under ACCESS EXCLUSIVE, and nobody can read or write it.",
			Instead: "Add a nullable bigint column, create a sequence owned by it, SET DEFAULT nextval(..), fill the old rows in batches, then NOT NULL by way of a validated CHECK.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"},
			Aliases: []string{"E11", "add_column_auto_incrementing"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", Files: []string{"ALTER TABLE orders ADD COLUMN number bigserial;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN number bigint;\nCREATE SEQUENCE orders_number_seq OWNED BY orders.number;\nALTER TABLE orders ALTER COLUMN number SET DEFAULT nextval('orders_number_seq');"}}},
		},
		Op: func(p *Pass) {
			c := &p.Op.(*change.AddColumn).Column
			if !isSerialType(c.Type.Name) || !p.OldTable() {
				return
			}
			p.Report("add a nullable column, give it a sequence as its default, then fill the old rows in batches", "adding %s column %s rewrites %s: no reads, no writes until it is done", c.Type.Name, c.Name, p.Table())
		},
	}
}

func isSerialType(name string) bool {
	return name == "serial" || name == "bigserial" || name == "smallserial"
}
