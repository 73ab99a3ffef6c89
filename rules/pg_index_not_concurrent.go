package rules

import "github.com/safemig/safemig/dialect/change"

func indexNotConcurrent() *Rule {
	return &Rule{
		ID: "index-not-concurrent", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "index-concurrently",
		Kinds: []change.Kind{change.KindCreateIndex},
		Doc: Doc{
			Title: "CREATE INDEX without CONCURRENTLY blocks writes while the index is built",
			Why: "A plain CREATE INDEX takes a SHARE lock: every INSERT, UPDATE and DELETE on the table waits until the index over all rows is built. " +
				"On a partitioned table that holds for all its partitions at once.",
			Instead: "CREATE INDEX CONCURRENTLY, as the only statement of a file that runs outside a transaction. " +
				"If it fails it leaves an INVALID index: drop that with DROP INDEX CONCURRENTLY and run it again. " +
				"On a partitioned table: CREATE INDEX ON ONLY the parent, CONCURRENTLY on each partition, then ALTER INDEX .. ATTACH PARTITION.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"},
			Aliases: []string{"require-concurrent-index-creation", "E6", "add_index", "PG101", "create-index-not-concurrent"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);", Files: []string{"CREATE INDEX orders_user_id_idx ON orders (user_id);"}}},
			Good: []Example{
				{Files: []string{"CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);"}},
				{Files: []string{"CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);\nCREATE INDEX orders_user_id_idx ON orders (user_id);"}},
			},
		},
		Op: checkIndexNotConcurrent,
	}
}

func checkIndexNotConcurrent(p *Pass) {
	op := p.Op.(*change.CreateIndex)
	e, ok := p.EffectOn(op.Table)
	if !ok || op.Concurrently || !e.Work.Grows() || !p.OldTable() || p.State.IsView(op.Table) {
		return
	}
	if t := p.State.Table(op.Table); t != nil && t.Partitioned {
		p.Report("CREATE INDEX ON ONLY "+p.Table()+", then CREATE INDEX CONCURRENTLY on each partition, then ALTER INDEX .. ATTACH PARTITION",
			"CREATE INDEX blocks writes to %s and all its partitions until every index is built", p.Table())
		return
	}
	p.Report("CREATE INDEX CONCURRENTLY, alone in a file that runs outside a transaction",
		"CREATE INDEX blocks writes to %s until the index is built", p.Table())
}
