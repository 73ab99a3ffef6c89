package rules

import "github.com/safemig/safemig/dialect/change"

func addForeignKeyValidated() *Rule {
	return &Rule{
		ID: "add-foreign-key-validated", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "constraint-not-valid",
		Kinds: []change.Kind{change.KindAddConstraint},
		Doc: Doc{
			Title: "ADD FOREIGN KEY without NOT VALID blocks writes to both tables while every row is checked",
			Why: "Adding a foreign key takes SHARE ROW EXCLUSIVE on both tables and holds it while each row is looked up in the other table: " +
				"INSERT, UPDATE and DELETE on either wait.",
			Instead: "ADD CONSTRAINT .. FOREIGN KEY .. NOT VALID, which is brief; then ALTER TABLE .. VALIDATE CONSTRAINT in another transaction, which blocks neither reads nor writes.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"},
			Aliases: []string{"adding-foreign-key-constraint", "E1", "add_foreign_key", "PG306"},
			Bad: []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint, user_id bigint);",
				Files: []string{"ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint, user_id bigint);", Tx: true,
				Files: []string{
					"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
					"ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk;",
				}}},
		},
		Op: checkAddForeignKeyValidated,
	}
}

func checkAddForeignKeyValidated(p *Pass) {
	k := &p.Op.(*change.AddConstraint).Constraint
	e, ok := p.EffectOn(p.Op.Head().Table)
	if k.Kind != change.ForeignKey || k.Ref == nil || !ok || !e.Work.Grows() || !p.OldTable() {
		return
	}
	both := p.Table()
	if p.Old(k.Ref.Table) && p.State.Resolve(k.Ref.Table) != p.State.Resolve(p.Op.Head().Table) {
		both += " and " + p.Display(k.Ref.Table)
	}
	p.Report("add it NOT VALID, then VALIDATE CONSTRAINT in a later file (another transaction)",
		"ADD FOREIGN KEY blocks writes to %s until every row of %s is checked", both, p.Table())
}
