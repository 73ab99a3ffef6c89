package rules

import "github.com/safemig/safemig/dialect/change"

func createTableAs() *Rule {
	return &Rule{
		ID: "create-table-as", Family: Transactions, Severity: Info, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindCreateTable, change.KindObject},
		Doc: Doc{
			Title: "a new table or materialized view is filled by a query inside the migration",
			Why: "The query runs for as long as its tables are big, in one transaction: it holds VACUUM back everywhere, keeps schema changes of its tables waiting, and dies with the migration's timeout. " +
				"CREATE TABLE AS copies no constraint, default or index either.",
			Instead: "Create the table by its columns and fill it in batches; create the materialized view WITH NO DATA and REFRESH it outside the migration.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createtableas.html", "https://www.postgresql.org/docs/current/sql-creatematerializedview.html"},
			Aliases: []string{"create-table-as-select", "MP096"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint);", Files: []string{"CREATE TABLE orders_copy AS SELECT * FROM orders;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint);", Files: []string{"CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders WITH NO DATA;"}}},
		},
		Op: func(p *Pass) {
			switch op := p.Op.(type) {
			case *change.CreateTable:
				if op.As && !op.NoData && !op.Temp && anyOld(p, op.Sources) {
					p.Report("create it by its columns and fill it in batches", "the query that fills %s runs inside the migration", p.Table())
				}
			case *change.Object:
				if op.Class == "materialized view" && op.Verb == "create" && !op.NoData && anyOld(p, op.Tables) {
					p.Report("WITH NO DATA, and REFRESH outside the migration", "the query that fills %s runs inside the migration", p.Display(op.Name))
				}
			}
		},
	}
}
