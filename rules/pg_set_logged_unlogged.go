package rules

import "github.com/safemig/safemig/dialect/change"

func setLoggedUnlogged() *Rule {
	return &Rule{
		ID: "set-logged-unlogged", Family: Locking, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindTableOption},
		Doc: Doc{
			Title:   "SET LOGGED and SET UNLOGGED rewrite the table",
			Why:     "Every row and every index is written again under ACCESS EXCLUSIVE; SET LOGGED writes all of it to the WAL as well. Nobody can read or write the table until it is done.",
			Instead: "Make a new table of the wanted kind, keep both in step with a trigger, fill it in batches, then swap the names. Else plan a maintenance window.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-LOGGED-UNLOGGED"},
			Aliases: []string{"PG307"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint);", Files: []string{"ALTER TABLE orders SET UNLOGGED;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE orders (id bigint);\nALTER TABLE orders SET UNLOGGED;"}}},
		},
		Op: func(p *Pass) {
			if _, ok := tableOptionIs(p, "logged", "unlogged"); ok {
				reportRewrite(p, "fill a new table of the wanted kind in batches and swap the names, or plan a maintenance window", "this")
			}
		},
	}
}
