package rules

func binlogOff() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY);"
	return &Rule{
		ID: "binlog-off", Family: DataLoss, Severity: Warning, Dialects: mysqlDialects(), Kinds: everyKind(),
		Doc: Doc{
			Title: "a change is kept from the binary log, so that replicas do not make it",
			Why: "With sql_log_bin off nothing of the session is written to the binary log. Replicas and backups that replay the log lack the table, the column or the rows, " +
				"and replication stops, perhaps much later, at the first statement that needs them.",
			Instead: "Leave sql_log_bin alone in migrations. Where a change is rolled out server by server on purpose, do it outside the migration tool, which runs on the source only.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/set-sql-log-bin.html",
				"https://mariadb.com/kb/en/set-sql_log_bin/",
			},
			Bad:  []Example{{Version: "8.0.36", Before: before, Files: []string{"SET sql_log_bin = 0;\nINSERT INTO orders VALUES (1);\nSET sql_log_bin = 1;"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{"INSERT INTO orders VALUES (1);"}}},
		},
		Op: func(p *Pass) {
			v, ok := sessionSetting(p, "sql_log_bin")
			if !ok || !switchedOff(v) || !commits(p.Op) && !changesRows(p.Op) || !p.Once() {
				return
			}
			p.ReportAs(Warning, p.Stmt.Span, "leave sql_log_bin on",
				"sql_log_bin is off: %s is not written to the binary log, and no replica gets it", wholeText(p))
		},
	}
}
