package rules

import "github.com/safemig/safemig/dialect/change"

func truncateTable() *Rule {
	return &Rule{
		ID: "truncate", Family: DataLoss, Severity: Error,
		Kinds: []change.Kind{change.KindTruncate},
		Doc: Doc{
			Title: "TRUNCATE loses every row of the table, and blocks it meanwhile",
			Why: "The rows cannot be brought back without a backup. PostgreSQL takes ACCESS EXCLUSIVE and empties the table for transactions that began before it as well; " +
				"MySQL and MariaDB drop the table and create it again, which commits the transaction and waits for every transaction that uses the table.",
			Instead: "If the rows must go: DELETE in batches, which can be stopped and leaves a way back. If they are not needed any more, drop the table in its time.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-truncate.html", "https://dev.mysql.com/doc/refman/8.4/en/truncate-table.html"},
			Aliases: []string{"banTruncate"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"TRUNCATE users;"}}, {Dialect: "mysql", Before: "CREATE TABLE users (id bigint);", Files: []string{"TRUNCATE users;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint);\nTRUNCATE users;"}}},
		},
		Op: func(p *Pass) {
			if p.OldTable() {
				p.Report("delete the rows in batches, after a backup", "TRUNCATE loses every row of %s", p.Table())
			}
		},
	}
}
