package rules

import "github.com/safemig/safemig/dialect/change"

func addColumnConstrainedDomain() *Rule {
	return &Rule{
		ID: "add-column-constrained-domain", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "add-column-backfill",
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title:   "adding a column of a domain with constraints rewrites the table",
			Why:     "A column of a domain that has a CHECK or NOT NULL makes the server write every row again under ACCESS EXCLUSIVE, with or without a default.",
			Instead: "Use the base type and put the rule into a CHECK constraint that is added NOT VALID and validated later.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createdomain.html"},
			Aliases: []string{},
			Bad:     []Example{{Before: "CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');\nCREATE TABLE users (id bigint PRIMARY KEY);", Files: []string{"ALTER TABLE users ADD COLUMN address email;"}}},
			Good:    []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN address text;"}}},
		},
		Op: func(p *Pass) {
			c := &p.Op.(*change.AddColumn).Column
			if !ofConstrainedDomain(p, c) || !p.OldTable() {
				return
			}
			p.Report("use the base type, with a CHECK constraint added NOT VALID and validated later", "adding column %s of domain %s rewrites %s: no reads, no writes until it is done", c.Name, c.Type.Name, p.Table())
		},
	}
}

func ofConstrainedDomain(p *Pass, c *change.Column) bool {
	t := p.State.Type(change.Name{Schema: c.Type.Schema, Name: c.Type.Name})
	return t != nil && t.Class == "domain" && t.Constrained
}
