package rules

import "github.com/safemig/safemig/dialect/change"

func refreshMatviewNotConcurrent() *Rule {
	return &Rule{
		ID: "refresh-matview-not-concurrent", Family: Locking, Severity: Error, Recipe: "refresh-concurrently", Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindMaintain},
		Doc: Doc{
			Title:   "REFRESH MATERIALIZED VIEW without CONCURRENTLY blocks its readers while the query runs",
			Why:     "The refresh holds ACCESS EXCLUSIVE on the materialized view for as long as its query and its indexes take. With CONCURRENTLY readers see the old rows until the new ones are there.",
			Instead: "REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on columns of the view, without a WHERE clause. The first refresh, after WITH NO DATA, cannot be concurrent, and nobody could read the view before it.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html"},
			Aliases: []string{"requireConcurrentRefreshMatview", "refresh-matview-blocking"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint);\nCREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders;", Files: []string{"REFRESH MATERIALIZED VIEW totals;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint);\nCREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM orders;\nCREATE UNIQUE INDEX totals_n_idx ON totals (n);", Files: []string{"REFRESH MATERIALIZED VIEW CONCURRENTLY totals;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Maintain)
			if op.Action != "refresh" || op.Concurrently || op.NoData || !p.OldTable() {
				return
			}
			p.Report("REFRESH MATERIALIZED VIEW CONCURRENTLY, with a unique index on the view",
				"REFRESH blocks every reader of %s until its query has run", p.Table())
		},
	}
}
