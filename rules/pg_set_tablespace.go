package rules

import "github.com/safemig/safemig/dialect/change"

func setTablespace() *Rule {
	return &Rule{
		ID: "set-tablespace", Family: Locking, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindTableOption},
		Doc: Doc{
			Title:   "SET TABLESPACE copies the table's files while nobody can read or write it",
			Why:     "The table's files are copied to the other tablespace under ACCESS EXCLUSIVE. Its indexes stay where they are; moving each of them blocks in the same way.",
			Instead: "pg_repack --tablespace moves a table while it is in use; an index moves with REINDEX (CONCURRENTLY, TABLESPACE ..) from PostgreSQL 14 on. Else plan a maintenance window.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-TABLESPACE", "https://reorg.github.io/pg_repack/"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint);", Files: []string{"ALTER TABLE orders SET TABLESPACE fast;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE orders (id bigint);\nALTER TABLE orders SET TABLESPACE fast;"}}},
		},
		Op: func(p *Pass) {
			if _, ok := tableOptionIs(p, "tablespace"); ok {
				reportRewrite(p, "move it with pg_repack --tablespace, or plan a maintenance window", "SET TABLESPACE")
			}
		},
	}
}
