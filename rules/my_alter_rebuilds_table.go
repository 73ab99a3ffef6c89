package rules

import "github.com/safemig/safemig/dialect/change"

func alterRebuildsTable() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, amount int NOT NULL, note varchar(50));"
	return &Rule{
		ID: "alter-rebuilds-table", Family: Locking, Severity: Warning, Dialects: mysqlDialects(), Kinds: alterKinds(), Recipe: "engine",
		Doc: Doc{
			Title: "the server rebuilds the whole table in place",
			Why: "An INPLACE rebuild writes every row again. Writes go on meanwhile and are kept in a log (if that overflows, all work is undone), but the table needs its size again on disk, " +
				"and a replica begins only when the source is done and lags behind by the same time. Tables with a FULLTEXT index, and AUTO_INCREMENT columns, block writes for all of it.",
			Instead: "Use the INSTANT form where there is one (a column at the end on MySQL 8.0.12 and later), and append ALGORITHM=INSTANT so that the server refuses anything else. " +
				"For a big table: gh-ost, pt-online-schema-change or spirit, which keep replicas in step.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html",
				"https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-inplace-alter-algorithm/",
			},
			Aliases: []string{"MY132", "MY137", "MY141", "MY142", "add_column_auto_incrementing", "change_column_null_mysql"},
			Bad: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders MODIFY note varchar(50) NOT NULL;"}},
				{Version: "5.7", Before: before, Files: []string{"ALTER TABLE orders ADD COLUMN paid datetime;"}},
			},
			Good: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD COLUMN paid datetime, ALGORITHM=INSTANT;"}},
				{Dialect: "mariadb", Version: "10.11", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders MODIFY note varchar(50) AFTER id;"}},
			},
		},
		Op: checkAlterRebuildsTable,
	}
}

func checkAlterRebuildsTable(p *Pass) {
	e, ok := clauseEffect(p)
	whole, _ := statementEffect(p)
	if isRequest(p.Op, "algorithm") {
		e, ok = whole, p.OldTable() && requested(whole)
	}
	if !ok || !rebuildsInPlace(e) {
		return
	}
	if e.Blocks.Has(change.Writes) {
		p.ReportAs(Error, p.Op.Head().Span, "change the table with "+onlineTools(p)+", or in a maintenance window",
			"%s makes %s rebuild %s, and INSERT, UPDATE and DELETE wait until it is done: %s", clauseText(p, p.Op), server(p), p.Table(), e.Why)
		return
	}
	if whole.Algorithm == change.Copy || !firstClause(p, rebuildsInPlace) {
		return // one copy or rebuild does for all clauses
	}
	p.Report("plan for disk space and replica lag, or use "+onlineTools(p)+"; ALGORITHM=INSTANT makes the server refuse instead",
		"%s makes %s rebuild %s; writes go on, but disk and replicas bear it: %s", clauseText(p, p.Op), server(p), p.Table(), e.Why)
}

func rebuildsInPlace(e change.Effect) bool { return e.Algorithm == change.Inplace && e.Rebuild }
