package rules

import "github.com/safemig/safemig/dialect/change"

func detachPartitionNotConcurrent() *Rule {
	return &Rule{
		ID: "detach-partition-not-concurrent", Family: Locking, Severity: Warning, Recipe: "detach-concurrently", AnySize: true, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindDetachPartition},
		Doc: Doc{
			Title: "DETACH PARTITION without CONCURRENTLY takes ACCESS EXCLUSIVE on the whole partitioned table",
			Why: "The lock is brief, but it must wait for every transaction that has touched the partitioned table, and all later queries on any of its partitions wait behind it. " +
				"The DEFAULT partition is locked too.",
			Instead: "DETACH PARTITION .. CONCURRENTLY (PostgreSQL 14 and later; outside a transaction; not where there is a DEFAULT partition). Else a lock_timeout and retries.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION"},
			Aliases: []string{"require-concurrent-partition-detach", "requireConcurrentDetachPartition"},
			Bad: []Example{{Version: "14", Before: "CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);\nCREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
				Files: []string{"ALTER TABLE events DETACH PARTITION events_1;"}}},
			Good: []Example{{Version: "14", Before: "CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);\nCREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
				Files: []string{"ALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.DetachPartition)
			if op.Concurrently || op.Finalize || !p.OldTable() {
				return
			}
			help, sev := "DETACH PARTITION .. CONCURRENTLY, alone in a file that runs outside a transaction", Warning
			if t := p.State.Table(op.Table); !p.Facts.Has(p.Target, "detach-concurrently") || t != nil && !t.DefaultPart.IsZero() {
				if hasTimeout(p) {
					return // all that can be done
				}
				help = "SET LOCAL lock_timeout before it, and retry when it fails"
			}
			p.ReportAs(sev, op.Span, help, "DETACH PARTITION takes ACCESS EXCLUSIVE on %s: queries on any of its partitions wait while it waits", p.Table())
		},
	}
}
