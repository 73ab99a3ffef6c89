package rules

import "github.com/safemig/safemig/dialect/change"

func addUniqueNotUsingIndex() *Rule {
	return &Rule{
		ID: "add-unique-not-using-index", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "unique-using-index",
		Kinds: []change.Kind{change.KindAddConstraint},
		Doc: Doc{
			Title:   "ADD UNIQUE blocks reads and writes while its index is built",
			Why:     "Adding a UNIQUE constraint takes ACCESS EXCLUSIVE and holds it while the index over every row is built: nobody can read or write the table.",
			Instead: "CREATE UNIQUE INDEX CONCURRENTLY in a file of its own, then ALTER TABLE .. ADD CONSTRAINT .. UNIQUE USING INDEX, which is brief.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX"},
			Aliases: []string{"disallowed-unique-constraint", "E7", "add_unique_constraint", "PG105"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint, email text);", Files: []string{"ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint, email text);", Files: []string{
				"CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);",
				"SET lock_timeout = '2s';\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;",
			}}},
		},
		Op: func(p *Pass) {
			k := &p.Op.(*change.AddConstraint).Constraint
			if k.Kind != change.Unique || k.UsingIndex != "" || !p.OldTable() {
				return
			}
			p.Report("CREATE UNIQUE INDEX CONCURRENTLY in a file of its own, then ADD CONSTRAINT .. UNIQUE USING INDEX",
				"ADD UNIQUE blocks reads and writes of %s until its index is built", p.Table())
		},
	}
}
