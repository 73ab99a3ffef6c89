package rules

import "github.com/safemig/safemig/dialect/change"

func createPartitionLocksParent() *Rule {
	return &Rule{
		ID: "create-partition-locks-parent", Family: Locking, Severity: Error, Recipe: "partition-of", Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindCreateTable},
		Doc: Doc{
			Title: "CREATE TABLE .. PARTITION OF takes ACCESS EXCLUSIVE on the partitioned table",
			Why: "The new partition is entered under ACCESS EXCLUSIVE on the whole partitioned table: queries on every partition wait while it waits for its lock. " +
				"Where there is a DEFAULT partition all of its rows are read under that lock as well (severity error; else warning).",
			Instead: "CREATE TABLE p (LIKE parent INCLUDING DEFAULTS INCLUDING CONSTRAINTS), then ALTER TABLE parent ATTACH PARTITION p, which blocks neither reads nor writes of the parent. " +
				"For the DEFAULT partition add a CHECK first that keeps the new range out of it (NOT VALID, then VALIDATE).",
			Refs: []string{"https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE"},
			Bad: []Example{{Before: "CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);\nCREATE TABLE events_rest PARTITION OF events DEFAULT;",
				Files: []string{"CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');"}}},
			Good: []Example{{Before: "CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);",
				Files: []string{"CREATE TABLE events_1 (LIKE events INCLUDING DEFAULTS);\nALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');"}}},
		},
		Op: checkCreatePartition,
	}
}

func checkCreatePartition(p *Pass) {
	op := p.Op.(*change.CreateTable)
	if op.PartitionOf.IsZero() || !p.Old(op.PartitionOf) {
		return
	}
	if e, ok := longestBlock(p); ok {
		p.Report("keep the new range out of "+p.Display(e.Table)+" with a validated CHECK, then ATTACH a table that was made without PARTITION OF",
			"this blocks reads and writes of %s until every row of %s is checked: none may belong to the new partition", p.Display(op.PartitionOf), p.Display(e.Table))
		return
	}
	if _, ok := p.EffectOn(op.PartitionOf); !ok || hasTimeout(p) {
		return
	}
	p.ReportAs(Warning, op.Span, "CREATE TABLE .. (LIKE "+p.Display(op.PartitionOf)+"), then ATTACH PARTITION; or SET LOCAL lock_timeout before it",
		"PARTITION OF takes ACCESS EXCLUSIVE on %s with no lock_timeout: queries on any of its partitions wait while it waits", p.Display(op.PartitionOf))
}
