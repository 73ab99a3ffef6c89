package rules

import "github.com/safemig/safemig/dialect/change"

func addColumnReferences() *Rule {
	return &Rule{
		ID: "add-column-references", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "constraint-not-valid",
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title: "adding a column with REFERENCES locks the referenced table too",
			Why: "An inline REFERENCES takes ACCESS EXCLUSIVE on the table and SHARE ROW EXCLUSIVE on the referenced one. Without a default nothing is checked and both are brief (a note); " +
				"with a default each row is looked up in the other table while both locks are held (an error).",
			Instead: "Add the plain column, then ADD CONSTRAINT .. FOREIGN KEY .. NOT VALID, then VALIDATE CONSTRAINT in another transaction.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"},
			Aliases: []string{"add_reference"},
			Bad: []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY);",
				Files: []string{"ALTER TABLE orders ADD COLUMN user_id bigint DEFAULT 1 REFERENCES users (id);"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY);", Tx: true,
				Files: []string{
					"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN user_id bigint;\nALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
					"ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk;",
				}}},
		},
		Op: checkAddColumnReferences,
	}
}

func checkAddColumnReferences(p *Pass) {
	c := &p.Op.(*change.AddColumn).Column
	fk := c.Inline(change.ForeignKey)
	if fk == nil || fk.Ref == nil || !p.OldTable() {
		return
	}
	const help = "add the plain column, then the foreign key as NOT VALID, then VALIDATE CONSTRAINT in another transaction"
	e, ok := p.EffectOn(fk.Ref.Table)
	if ok && e.Work.Grows() {
		p.Report(help, "adding column %s with a default and REFERENCES %s blocks writes to both until every row is checked", c.Name, p.Display(fk.Ref.Table))
		return
	}
	if p.Old(fk.Ref.Table) {
		p.ReportAs(Info, p.Op.Head().Span, "set lock_timeout before it; or add the foreign key as NOT VALID in a statement of its own",
			"adding column %s with REFERENCES also locks %s against writes, briefly", c.Name, p.Display(fk.Ref.Table))
	}
}
