package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func attachPartitionScan() *Rule {
	return &Rule{
		ID: "attach-partition-scan", Family: Locking, Severity: Error, Recipe: "attach-partition", Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindAttachPartition},
		Doc: Doc{
			Title: "ATTACH PARTITION blocks reads and writes of the new partition, or the default one, while every row is checked",
			Why: "ATTACH PARTITION takes only SHARE UPDATE EXCLUSIVE on the partitioned table, but ACCESS EXCLUSIVE on the table that becomes a partition and on the DEFAULT partition, " +
				"and reads all rows of both to make sure that they belong where they are. A validated CHECK that says as much spares the scan.",
			Instead: "Before it, in other transactions: ADD CONSTRAINT .. CHECK (the bound, and the key IS NOT NULL) NOT VALID, then VALIDATE CONSTRAINT; the same with the opposite condition on the DEFAULT partition. Drop the CHECK afterwards.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-ATTACH-PARTITION", "https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE"},
			Aliases: []string{"avoidAttachingPartition", "attach-partition"},
			Bad: []Example{{Before: "CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);\nCREATE TABLE events_1 (id bigint, at timestamptz NOT NULL);",
				Files: []string{"ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');"}}},
			Good: []Example{{Before: "CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);",
				Files: []string{"CREATE TABLE events_1 (LIKE events);\nALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');"}}},
		},
		Op: checkAttachPartition,
	}
}

func checkAttachPartition(p *Pass) {
	var scanned []string
	for _, e := range p.Effects() {
		if e.Work.Grows() && e.Blocks.Has(change.Writes) && p.Old(e.Table) {
			scanned = append(scanned, p.Display(e.Table))
		}
	}
	if len(scanned) == 0 {
		return
	}
	p.Report("add a CHECK of the bound NOT VALID and validate it first, each in its own transaction",
		"ATTACH PARTITION blocks reads and writes of %s until every row is checked against the bound", strings.Join(scanned, " and "))
}
