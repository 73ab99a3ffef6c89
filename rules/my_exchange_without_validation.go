package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func exchangeWithoutValidation() *Rule {
	const before = "CREATE TABLE visits (id int NOT NULL, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (to_days(day)) (PARTITION p1 VALUES LESS THAN (738000));\nCREATE TABLE fresh (id int NOT NULL, day date NOT NULL, PRIMARY KEY (id, day));"
	return &Rule{
		ID: "exchange-without-validation", Family: DataLoss, Severity: Warning, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindPartitionOp},
		Doc: Doc{
			Title: "a table becomes a partition without a look at its rows",
			Why: "WITHOUT VALIDATION spares the scan that blocks writes. A row outside the partition's bounds is then in the wrong one: queries that prune partitions do not find it, " +
				"and it is dropped with a partition that it does not belong to.",
			Instead: "Look for such rows first (SELECT .. WHERE day is outside the bounds), while the application no longer writes to the table; then WITHOUT VALIDATION is right. " +
				"Small tables: leave it out.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/partitioning-management-exchange.html",
				"https://mariadb.com/kb/en/alter-table/#exchange-partition",
			},
			Bad:  []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE visits EXCHANGE PARTITION p1 WITH TABLE fresh WITHOUT VALIDATION;"}}},
			Good: []Example{{Version: "8.0.36", Files: []string{before + "\nALTER TABLE visits EXCHANGE PARTITION p1 WITH TABLE fresh;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.PartitionOp)
			if !strings.HasSuffix(op.Action, "without validation") || !p.Old(op.With) && p.State.Table(op.With) != nil && !p.State.Table(op.With).Filled {
				return
			}
			p.Report("look for rows outside the bounds first", "rows of %s that lie outside the bounds of %s are not found by queries on %s", p.Display(op.With), partitionNames(op), p.Table())
		},
	}
}
