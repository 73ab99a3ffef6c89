package rules

import "github.com/safemig/safemig/dialect/change"

func addCheckValidated() *Rule {
	return &Rule{
		ID: "add-check-validated", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "constraint-not-valid",
		Kinds: []change.Kind{change.KindAddConstraint},
		Doc: Doc{
			Title: "ADD CHECK without NOT VALID blocks reads and writes while every row is checked",
			Why:   "Adding a CHECK takes ACCESS EXCLUSIVE and holds it while each row is checked: nobody can read or write the table.",
			Instead: "ADD CONSTRAINT .. CHECK (..) NOT VALID, which is brief; then ALTER TABLE .. VALIDATE CONSTRAINT in another transaction, which blocks neither reads nor writes. " +
				"New rows are checked from the first step on: deploy code that honours the rule before it.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"},
			Aliases: []string{"constraint-missing-not-valid", "add_check_constraint", "PG305"},
			Bad: []Example{{Before: "CREATE TABLE orders (id bigint, total bigint);",
				Files: []string{"ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0);"}}},
			Good: []Example{{Before: "CREATE TABLE orders (id bigint, total bigint);", Tx: true,
				Files: []string{
					"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;",
					"ALTER TABLE orders VALIDATE CONSTRAINT total_positive;",
				}}},
		},
		Op: func(p *Pass) {
			k := &p.Op.(*change.AddConstraint).Constraint
			e, ok := p.EffectOn(p.Op.Head().Table)
			if k.Kind != change.Check || !ok || !e.Work.Grows() || !p.OldTable() {
				return
			}
			p.Report("add it NOT VALID, then VALIDATE CONSTRAINT in a later file (another transaction)",
				"ADD CHECK blocks reads and writes of %s until every row is checked", p.Table())
		},
	}
}
