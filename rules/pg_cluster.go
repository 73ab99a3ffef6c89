package rules

import "github.com/safemig/safemig/dialect/change"

func clusterTable() *Rule {
	return &Rule{
		ID: "cluster", Family: Locking, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindMaintain},
		Doc: Doc{
			Title:   "CLUSTER rewrites the table while nobody can read or write it",
			Why:     "The rows are written anew in the index's order and every index is built again, under ACCESS EXCLUSIVE. The order is not kept: later rows go wherever there is room.",
			Instead: "pg_repack --order-by does the same while the table is in use. Else plan a maintenance window.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-cluster.html", "https://reorg.github.io/pg_repack/"},
			Aliases: []string{"prefer-repack"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY);", Files: []string{"CLUSTER orders USING orders_pkey;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE orders (id bigint PRIMARY KEY);\nCLUSTER orders USING orders_pkey;"}}},
		},
		Op: func(p *Pass) {
			if op := p.Op.(*change.Maintain); op.Action != "cluster" {
				return
			} else if op.Table.IsZero() {
				p.Report("name one table, in a maintenance window", "CLUSTER without a table blocks reads and writes of every clustered table in turn, while it is written anew")
				return
			}
			reportRewrite(p, "use pg_repack --order-by, or plan a maintenance window", "CLUSTER")
		},
	}
}
