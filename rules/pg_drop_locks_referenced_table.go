package rules

import "github.com/safemig/safemig/dialect/change"

func dropLocksReferencedTable() *Rule {
	return &Rule{
		ID: "drop-locks-referenced-table", Family: Locking, Severity: Warning, AnySize: true, Dialects: []string{"postgres"}, Recipe: "lock-timeout",
		Kinds: []change.Kind{change.KindDropConstraint, change.KindDropTable, change.KindDropColumn},
		Doc: Doc{
			Title: "dropping a foreign key takes ACCESS EXCLUSIVE on the referenced table too",
			Why: "A foreign key has triggers on both tables. Dropping it (or its column, or its table) drops those, which takes ACCESS EXCLUSIVE on the table it points to: " +
				"often the busiest one, which the statement does not even name. Reported once per file; silent where a lock_timeout bounds the wait.",
			Instead: "SET LOCAL lock_timeout before it and retry when it fails; one foreign key per transaction. Before DROP TABLE, drop the table's foreign keys one by one.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DROP-CONSTRAINT", "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"},
			Aliases: []string{"drop_table_multiple_foreign_keys"},
			Bad: []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint, user_id bigint CONSTRAINT orders_user_fk REFERENCES users);",
				Files: []string{"ALTER TABLE orders DROP CONSTRAINT orders_user_fk;"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint, user_id bigint CONSTRAINT orders_user_fk REFERENCES users);", Tx: true,
				Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders DROP CONSTRAINT orders_user_fk;"}}},
		},
		Op: checkDropLocksReferenced,
	}
}

func checkDropLocksReferenced(p *Pass) {
	if hasTimeout(p) {
		return
	}
	for _, e := range p.Effects() {
		if !foreignKeyDropped(e.Fact) || !p.Old(e.Table) || p.State.Resolve(p.Op.Head().Table) == e.Table || p.goesToo(e.Table) || !p.Once() {
			continue
		}
		p.Report("SET LOCAL lock_timeout before it and retry, one foreign key per transaction",
			"this takes ACCESS EXCLUSIVE on %s too, which a foreign key points to: its reads and writes wait while it waits", p.Display(e.Table))
	}
}

// goesToo: the file drops the referenced table as well.
func (p *Pass) goesToo(table change.Name) bool {
	drops := func(o change.Op) bool { return o.Kind() == change.KindDropTable && p.sameTable(o, table) }
	return anyOp(p.earlier(), drops) || anyOp(p.later(), drops)
}

// foreignKeyDropped names the facts about the other side of a dropped key.
func foreignKeyDropped(id string) bool {
	switch id {
	case "drop-foreign-key", "drop-column-foreign-key", "drop-table-referenced":
		return true
	}
	return false
}
