package rules

import "github.com/safemig/safemig/dialect/change"

func setAccessMethod() *Rule {
	return &Rule{
		ID: "set-access-method", Family: Locking, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindTableOption},
		Doc: Doc{
			Title:   "SET ACCESS METHOD rewrites the table",
			Why:     "Every row is written again in the other storage format, and every index built again, under ACCESS EXCLUSIVE.",
			Instead: "Make a new table with the access method, keep both in step with a trigger, fill it in batches, then swap the names.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-ACCESS-METHOD"},
			Aliases: []string{"PG311"},
			Bad:     []Example{{Version: "16", Before: "CREATE TABLE orders (id bigint);", Files: []string{"ALTER TABLE orders SET ACCESS METHOD columnar;"}}},
			Good:    []Example{{Version: "16", Files: []string{"CREATE TABLE orders (id bigint);\nALTER TABLE orders SET ACCESS METHOD columnar;"}}},
		},
		Op: func(p *Pass) {
			if _, ok := tableOptionIs(p, "access method"); ok {
				reportRewrite(p, "fill a new table in batches and swap the names", "SET ACCESS METHOD")
			}
		},
	}
}
