package rules

import "github.com/safemig/safemig/dialect/change"

func replicaIdentityNothing() *Rule {
	return &Rule{
		ID: "replica-identity-nothing", Family: Compatibility, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindTableOption},
		Doc: Doc{
			Title:   "REPLICA IDENTITY NOTHING makes UPDATE and DELETE fail on a published table",
			Why:     "Logical replication must tell the subscriber which row it means. Without an identity every UPDATE and DELETE of a table in a publication fails with an error, and change data capture loses the old row.",
			Instead: "REPLICA IDENTITY DEFAULT (the primary key) or USING INDEX of a unique index over NOT NULL columns; FULL where there is none, at the price of more WAL.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY", "https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY"},
			Aliases: []string{"MP055"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users REPLICA IDENTITY NOTHING;"}}},
			Good:    []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users REPLICA IDENTITY FULL;"}}},
		},
		Op: func(p *Pass) {
			op, ok := tableOptionIs(p, "replica identity")
			if !ok || op.Value != "nothing" || !p.OldTable() {
				return
			}
			p.Report("REPLICA IDENTITY DEFAULT, or USING INDEX", "if %s is published, every UPDATE and DELETE of it fails from now on", p.Table())
		},
	}
}
