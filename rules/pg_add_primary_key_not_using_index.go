package rules

import "github.com/safemig/safemig/dialect/change"

func addPrimaryKeyNotUsingIndex() *Rule {
	return &Rule{
		ID: "add-primary-key-not-using-index", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "primary-key-using-index",
		Kinds: []change.Kind{change.KindAddConstraint},
		Doc: Doc{
			Title: "ADD PRIMARY KEY blocks reads and writes while rows are checked or its index is built",
			Why: "Adding a primary key takes ACCESS EXCLUSIVE while the index over every row is built. " +
				"Columns that are not NOT NULL yet are made so, which reads every row under the same lock, with USING INDEX too.",
			Instead: "Make the columns NOT NULL first (a CHECK (c IS NOT NULL) NOT VALID, validated, then SET NOT NULL), CREATE UNIQUE INDEX CONCURRENTLY, " +
				"then ADD CONSTRAINT .. PRIMARY KEY USING INDEX.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX"},
			Aliases: []string{"adding-serial-primary-key-field", "PG104", "primary-key-using-index-nullable", "W14"},
			Bad: []Example{
				{Before: "CREATE TABLE users (id bigint NOT NULL);", Files: []string{"ALTER TABLE users ADD PRIMARY KEY (id);"}},
				{Before: "CREATE TABLE users (id bigint);\nCREATE UNIQUE INDEX users_pkey ON users (id);", Files: []string{"ALTER TABLE users ADD PRIMARY KEY USING INDEX users_pkey;"}},
			},
			Good: []Example{{Before: "CREATE TABLE users (id bigint NOT NULL);", Files: []string{
				"CREATE UNIQUE INDEX CONCURRENTLY users_pkey ON users (id);",
				"SET lock_timeout = '2s';\nALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_pkey;",
			}}},
		},
		Op: checkAddPrimaryKey,
	}
}

func checkAddPrimaryKey(p *Pass) {
	k := &p.Op.(*change.AddConstraint).Constraint
	e, ok := p.EffectOn(p.Op.Head().Table)
	if k.Kind != change.PrimaryKey || !ok || !e.Work.Grows() || !p.OldTable() {
		return
	}
	if k.UsingIndex != "" {
		p.Report("make the key's columns NOT NULL first, by way of a validated CHECK (c IS NOT NULL)",
			"PRIMARY KEY USING INDEX blocks reads and writes of %s until every row is checked for NULL", p.Table())
		return
	}
	p.Report("CREATE UNIQUE INDEX CONCURRENTLY in a file of its own, then ADD CONSTRAINT .. PRIMARY KEY USING INDEX",
		"ADD PRIMARY KEY blocks reads and writes of %s until its index is built", p.Table())
}
