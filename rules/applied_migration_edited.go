package rules

import (
	"bytes"

	"github.com/safemig/safemig/dialect/change"
)

func appliedMigrationEdited() *Rule {
	return &Rule{
		ID: "applied-migration-edited", Family: Input, Severity: Error, OnBase: true,
		Doc: Doc{
			Title: "a migration is edited that may have been run already",
			Why: "A migration runs once. Where it has run, what is written into it now is never run, so that databases differ from each other. " +
				"Flyway, Liquibase, sqlx, Prisma, refinery and Atlas keep a checksum of each file, comments included in most, and refuse the next deployment; Prisma warns, and asks for a reset in development. " +
				"Where the migration tool keeps none it is a warning, and an edit of comments and blanks is none. " +
				"It is asked for by --new-from-rev, --new-from-merge-base and --staged: what is there counts as run.",
			Instead: "Take the edit back, and make the change in a new migration. What is found in the old one is ignored outside of it: docs/ignoring.md#suppressions.",
			Refs:    []string{"https://documentation.red-gate.com/flyway/reference/commands/validate", "https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories"},
			Bad:     []Example{{Was: "CREATE TABLE notes (id bigint PRIMARY KEY);", Files: []string{"CREATE TABLE notes (id bigint PRIMARY KEY, body text);"}}},
			Good:    []Example{{Was: "CREATE TABLE notes (id bigint PRIMARY KEY);", Files: []string{"-- The notes.\nCREATE TABLE notes (\n  id bigint PRIMARY KEY\n);"}}},
		},
		File: func(p *Pass) {
			a := p.Script.Applied
			if a == nil || a.Gone {
				return
			}
			at, differs := firstEdit(a.Was, p.Script)
			help := "take the edit back, and make the change in a new migration"
			switch {
			case a.Checksums:
				p.ReportAs(Error, at, help, "it is on %s already: where it has run, %s finds another checksum than it remembers", a.On, a.Tool)
			case differs:
				p.ReportAs(Warning, at, help, "it is on %s already: where it has run, this edit is never run", a.On)
			}
		},
	}
}

// firstEdit is the first statement that was not so, else the beginning of the file.
func firstEdit(was, is *change.Script) (at change.Span, differs bool) {
	for i, stmt := range is.Stmts {
		if i >= len(was.Stmts) || !bytes.Equal(bare(was, was.Stmts[i]), bare(is, stmt)) {
			return stmt.Span, true
		}
	}
	first, _, _ := bytes.Cut(is.Src, []byte("\n"))
	return change.Span{End: len(first)}, len(was.Stmts) != len(is.Stmts)
}

func bare(s *change.Script, stmt *change.Stmt) []byte {
	return change.Bare(s.Raw, stmt.Span, stmt.Comments)
}
