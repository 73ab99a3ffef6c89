package rules

import "github.com/safemig/safemig/dialect/change"

func algorithmNotRequested() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY);"
	return &Rule{
		ID: "algorithm-not-requested", Family: Style, Severity: Warning, Off: true, Dialects: mysqlDialects(), Kinds: alterKinds(),
		Doc: Doc{
			Title: "ALTER TABLE leaves the choice of the algorithm to the server",
			Why: "Without ALGORITHM= the server takes the best algorithm that it can, and falls back to a rebuild or a copy without a word: on another version, on a table with a FULLTEXT index, after 64 INSTANT changes. " +
				"A clause makes it refuse instead.",
			Instead: "Append ALGORITHM=INSTANT where that is possible, else ALGORITHM=INPLACE, LOCK=NONE (MariaDB: NOCOPY).",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-performance",
				"https://mariadb.com/kb/en/alter-table/#algorithm",
			},
			Aliases: []string{"STATEMENT_REQUIRE_ALGORITHM_OPTION", "STATEMENT_REQUIRE_LOCK_OPTION", "MY101"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders ADD COLUMN note text;"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD COLUMN note text, ALGORITHM=INSTANT;"}}},
		},
		Op: checkAlgorithmNotRequested,
	}
}

// checkAlgorithmNotRequested leaves copies to the rules that report them, and
// changes of partitions, which take no such clause.
func checkAlgorithmNotRequested(p *Pass) {
	e, ok := statementEffect(p)
	if !ok || p.opIndex > 0 || requestValue(p, "algorithm") != "" || !p.OldTable() || movesPartitions(p.Stmt) ||
		p.Op.Kind() == change.KindRenameTable || e.Algorithm == change.NoAlgorithm || e.Algorithm == change.Copy {
		return
	}
	pin := "ALGORITHM=" + e.Algorithm.String()
	if e.Algorithm != change.Instant && e.ConcurrentDML {
		pin += ", LOCK=NONE"
	}
	p.ReportAs(Warning, p.Stmt.Span, "append "+pin, "nothing keeps the server from copying %s where it cannot do better", p.Table())
}
