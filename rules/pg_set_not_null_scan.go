package rules

import "github.com/safemig/safemig/dialect/change"

func setNotNullScan() *Rule {
	return &Rule{
		ID: "set-not-null-scan", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "set-not-null",
		Kinds: []change.Kind{change.KindSetNotNull, change.KindAddConstraint},
		Doc: Doc{
			Title: "SET NOT NULL blocks reads and writes while every row is read",
			Why: "SET NOT NULL takes ACCESS EXCLUSIVE and reads the whole table to make sure that no row holds NULL, " +
				"unless a validated CHECK (c IS NOT NULL) proves it already.",
			Instead: "ADD CONSTRAINT .. CHECK (c IS NOT NULL) NOT VALID; VALIDATE CONSTRAINT in another transaction; then SET NOT NULL, which no longer reads the table; then drop the CHECK. " +
				"On PostgreSQL 18 and later: ADD CONSTRAINT .. NOT NULL c NOT VALID, then VALIDATE CONSTRAINT.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL"},
			Aliases: []string{"adding-not-nullable-field", "E2", "change_column_null", "PG303", "MF104"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint, email text);", Files: []string{"ALTER TABLE users ALTER COLUMN email SET NOT NULL;"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint, email text);", Tx: true, Files: []string{
				"SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;",
				"ALTER TABLE users VALIDATE CONSTRAINT email_set;",
				"SET LOCAL lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN email SET NOT NULL;\nALTER TABLE users DROP CONSTRAINT email_set;",
			}}},
		},
		Op: checkSetNotNull,
	}
}

func checkSetNotNull(p *Pass) {
	var column string
	switch op := p.Op.(type) {
	case *change.SetNotNull:
		column = op.Column
	case *change.AddConstraint:
		if op.Constraint.Kind != change.NotNull || len(op.Constraint.Columns) == 0 {
			return
		}
		column = op.Constraint.Columns[0]
	}
	e, ok := p.EffectOn(p.Op.Head().Table)
	if !ok || !e.Work.Grows() || !p.OldTable() {
		return
	}
	help := "ADD CONSTRAINT .. CHECK (" + column + " IS NOT NULL) NOT VALID, VALIDATE it in another transaction, then SET NOT NULL"
	if p.Facts.Has(p.Target, "not-null-not-valid") {
		help = "ADD CONSTRAINT .. NOT NULL " + column + " NOT VALID, then VALIDATE CONSTRAINT in another transaction"
	}
	p.Report(help, "SET NOT NULL blocks reads and writes of %s until every row is checked for a NULL in %s", p.Table(), column)
}
