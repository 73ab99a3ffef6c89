package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func partitionRowsDropped() *Rule {
	const before = "CREATE TABLE visits (id int NOT NULL, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (to_days(day)) (PARTITION p1 VALUES LESS THAN (738000), PARTITION p2 VALUES LESS THAN (739000));"
	return &Rule{
		ID: "partition-rows-dropped", Family: DataLoss, Severity: Error, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindPartitionOp, change.KindTableOption},
		Doc: Doc{
			Title: "rows are lost with their partition or tablespace",
			Why: "DROP PARTITION and TRUNCATE PARTITION delete every row of it, and DISCARD TABLESPACE deletes the table's file; they commit at once, and no ROLLBACK brings the rows back. " +
				"Foreign keys and triggers take no notice.",
			Instead: "EXCHANGE PARTITION p WITH TABLE archive_p moves the rows aside in no time; drop that table later, when nothing has missed them. " +
				"Rotation of old partitions belongs into a job, not into a migration.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/alter-table-partition-operations.html",
				"https://dev.mysql.com/doc/refman/8.4/en/partitioning-management-exchange.html",
				"https://mariadb.com/kb/en/partitioning-overview/",
			},
			Aliases: []string{"MY139", "STATEMENT_DISALLOW_TRUNCATE"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE visits DROP PARTITION p1;"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"SET SESSION lock_wait_timeout = 5;\nALTER TABLE visits ADD PARTITION (PARTITION p3 VALUES LESS THAN (740000));"}}},
		},
		Op: checkPartitionRowsDropped,
	}
}

func checkPartitionRowsDropped(p *Pass) {
	if !p.OldTable() {
		return
	}
	switch op := p.Op.(type) {
	case *change.TableOption:
		if op.Option == "discard tablespace" {
			p.Report("keep a copy of the file, and import its successor in the same migration", "DISCARD TABLESPACE deletes the file of %s with all its rows", p.Table())
		}
	case *change.PartitionOp:
		switch op.Action {
		case "drop partition", "truncate partition", "discard partition":
			p.Report("EXCHANGE PARTITION with an empty table moves the rows aside first",
				"%s loses every row of %s of %s", clauseText(p, op), partitionNames(op), p.Table())
		}
	}
}

func partitionNames(op *change.PartitionOp) string {
	if len(op.Parts) == 0 {
		return "the partitions"
	}
	return strings.Join(op.Parts, ", ")
}
