package rules

import "github.com/safemig/safemig/dialect/change"

func updateWithoutWhere() *Rule {
	return &Rule{
		ID: "update-without-where", Family: Locking, Severity: Error, Recipe: "backfill",
		Kinds: []change.Kind{change.KindUpdate},
		Doc: Doc{
			Title: "one UPDATE changes every row of the table",
			Why: "Every row is locked until the transaction ends, so each write of the application to any of them waits. All rows are written anew: twice the space, " +
				"a flood of WAL or binary log, replicas that fall behind, and old row versions that no VACUUM or purge can remove until it is done.",
			Instead: "Change the rows in batches outside the migration, each in a transaction of its own.",
			Refs:    []string{"https://www.postgresql.org/docs/current/routine-vacuuming.html"},
			Aliases: []string{"banUpdateWithoutWhere"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint, plan text);", Files: []string{"UPDATE users SET plan = 'free';"}}},
			Good:    []Example{{Before: "CREATE TABLE users (id bigint, plan text);", Files: []string{"UPDATE users SET plan = 'free' WHERE id BETWEEN 1 AND 1000;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Update)
			if op.Where != nil && !op.Always || op.Limit || !p.OldTable() {
				return
			}
			p.Report("change the rows in batches outside the migration, each batch in its own transaction",
				"one UPDATE of every row of %s: all rows stay locked until it ends", p.Table())
		},
	}
}
