package rules

import "github.com/safemig/safemig/dialect/change"

func vacuumFull() *Rule {
	return &Rule{
		ID: "vacuum-full", Family: Locking, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindMaintain},
		Doc: Doc{
			Title: "VACUUM FULL rewrites the table while nobody can read or write it",
			Why: "VACUUM FULL copies the live rows to a new file and builds every index again, under ACCESS EXCLUSIVE, with room for both copies. " +
				"Plain VACUUM takes a lock that blocks neither reads nor writes.",
			Instead: "pg_repack or pg_squeeze shrink a table while it is in use. Plain VACUUM makes the space usable again without giving it back to the file system, which is mostly enough.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-vacuum.html", "https://reorg.github.io/pg_repack/"},
			Aliases: []string{"ban-vacuum-full", "prefer-repack"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint);", Files: []string{"VACUUM FULL orders;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint);", Files: []string{"VACUUM orders;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Maintain)
			if !op.Full || op.Action != "vacuum" {
				return
			}
			const help = "use pg_repack or pg_squeeze, or plain VACUUM"
			if op.Table.IsZero() {
				p.Report(help, "VACUUM FULL without a table blocks reads and writes of every table in turn, while it is written anew")
				return
			}
			reportRewrite(p, help, "VACUUM FULL")
		},
	}
}
