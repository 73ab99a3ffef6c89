package rules

import "github.com/safemig/safemig/dialect/change"

func appliedMigrationRemoved() *Rule {
	return &Rule{
		ID: "applied-migration-removed", Family: Input, Severity: Error, OnBase: true,
		Doc: Doc{
			Title: "a migration is deleted or renamed that may have been run already",
			Why: "Databases in which it has run remember it by its name: a renamed one runs a second time, and a deleted one leaves new databases without what it made. " +
				"Flyway, Liquibase, sqlx, Prisma, refinery and Atlas miss the file, and most refuse the next deployment; where the tool does not look, it is a warning. " +
				"It is asked for by --new-from-rev, --new-from-merge-base and --staged: what is there counts as run.",
			Instead: "Put it back under its old name. Undo what it did in a new migration. Where old migrations are squashed on purpose, suppress the rule for their folder: docs/ignoring.md#suppressions.",
			Refs:    []string{"https://documentation.red-gate.com/flyway/reference/commands/validate", "https://docs.rs/sqlx/latest/sqlx/migrate/enum.MigrateError.html"},
			Bad:     []Example{{Was: "CREATE TABLE notes (id bigint PRIMARY KEY);"}},
			Good:    []Example{{Was: "CREATE TABLE notes (id bigint PRIMARY KEY);", Files: []string{"CREATE TABLE notes (id bigint PRIMARY KEY);"}}},
		},
		File: func(p *Pass) {
			a := p.Script.Applied
			if a == nil || !a.Gone {
				return
			}
			severity, then := Warning, "databases in which it has run keep what it made, and new ones go without"
			if a.Checksums {
				severity, then = Error, "where it has run, "+a.Tool+" misses it"
			}
			if a.To != "" {
				if !a.Checksums {
					then = "where it has run, it runs again under its new name"
				}
				p.ReportAs(severity, change.Span{}, "give it its old name back", "it is on %s, and was renamed to %s: %s", a.On, a.To, then)
				return
			}
			p.ReportAs(severity, change.Span{}, "put it back, and undo what it did in a new migration", "it is on %s, and was deleted: %s", a.On, then)
		},
	}
}
