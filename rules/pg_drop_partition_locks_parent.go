package rules

import "github.com/safemig/safemig/dialect/change"

func dropPartitionLocksParent() *Rule {
	return &Rule{
		ID: "drop-partition-locks-parent", Family: Locking, Severity: Warning, AnySize: true, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindDropTable},
		Doc: Doc{
			Title:   "dropping a partition takes ACCESS EXCLUSIVE on the whole partitioned table",
			Why:     "DROP TABLE of a partition locks the partitioned table and its DEFAULT partition as well: queries on every partition wait while it waits for its lock.",
			Instead: "DETACH PARTITION .. CONCURRENTLY first (PostgreSQL 14 and later), then DROP TABLE, which by then is a table of its own. Else a lock_timeout and retries.",
			Refs:    []string{"https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE"},
			Bad: []Example{{Version: "14", Before: "CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);\nCREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
				Files: []string{"DROP TABLE events_1;"}}},
			Good: []Example{{Version: "14", Before: "CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);\nCREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
				Files: []string{"ALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.DropTable)
			t := p.State.Table(op.Table)
			if t == nil || t.PartitionOf.IsZero() || !p.Old(t.PartitionOf) || hasTimeout(p) {
				return
			}
			help := "SET LOCAL lock_timeout before it, and retry when it fails"
			if parent := p.State.Table(t.PartitionOf); p.Facts.Has(p.Target, "detach-concurrently") && (parent == nil || parent.DefaultPart.IsZero()) {
				help = "DETACH PARTITION .. CONCURRENTLY in an earlier file, then drop it"
			}
			p.Report(help, "dropping %s takes ACCESS EXCLUSIVE on %s too: queries on any of its partitions wait while it waits", p.Table(), p.Display(t.PartitionOf))
		},
	}
}
