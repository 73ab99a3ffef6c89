package rules

import "github.com/safemig/safemig/dialect/change"

func deleteWithoutWhere() *Rule {
	return &Rule{
		ID: "delete-without-where", Family: DataLoss, Severity: Error, Recipe: "backfill",
		Kinds: []change.Kind{change.KindDelete},
		Doc: Doc{
			Title:   "one DELETE removes every row of the table",
			Why:     "All data of the table is lost. Every row is locked until the transaction ends, and writes of the application to them wait.",
			Instead: "Delete in batches by key, each in a transaction of its own; if the table is to be emptied knowingly, TRUNCATE with a lock_timeout is quick.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-delete.html"},
			Aliases: []string{"banDeleteWithoutWhere"},
			Bad:     []Example{{Before: "CREATE TABLE sessions (id bigint);", Files: []string{"DELETE FROM sessions;"}}},
			Good:    []Example{{Before: "CREATE TABLE sessions (id bigint);", Files: []string{"DELETE FROM sessions WHERE id < 1000;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Delete)
			if op.Where != nil && !op.Always || op.Limit || !p.OldTable() {
				return
			}
			p.Report("delete in batches by key, or TRUNCATE knowingly",
				"one DELETE of every row of %s: its data is lost, and all rows stay locked until it ends", p.Table())
		},
	}
}
