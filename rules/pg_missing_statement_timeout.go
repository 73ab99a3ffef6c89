package rules

import "github.com/safemig/safemig/dialect/change"

func missingStatementTimeout() *Rule {
	return &Rule{
		ID: "missing-statement-timeout", Family: Locking, Severity: Warning, Dialects: []string{"postgres"}, Off: true,
		Doc: Doc{
			Title:   "a statement that blocks others and takes long runs with no statement_timeout",
			Why:     "lock_timeout bounds the wait for a lock, not how long it is held. Where a blocking statement over all rows is accepted (a small table, a maintenance window), statement_timeout bounds the outage if it takes longer than thought.",
			Instead: "SET LOCAL statement_timeout before it, to what the application can stand. Not before CONCURRENTLY or VALIDATE CONSTRAINT, which block nobody.",
			Refs:    []string{"https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT"},
			Aliases: []string{"require-statement-timeout", "require-timeout-settings", "MP020"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint, note text);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE orders ALTER COLUMN note SET NOT NULL;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;"}}},
		},
		Stmt: func(p *Pass) {
			if p.Stmt.Err != nil || timeoutInForce(p, "statement_timeout") > 0 {
				return
			}
			if e, ok := longestWork(p); ok && e.Blocks.Has(change.Writes) && p.Old(e.Table) && p.Once() {
				p.ReportAs(Warning, p.Stmt.Span, "SET LOCAL statement_timeout before it", "nothing bounds how long this blocks %s", p.Display(e.Table))
			}
		},
	}
}
