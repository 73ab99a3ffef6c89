package rules

import "github.com/safemig/safemig/dialect/change"

func alterBlocksWrites() *Rule {
	const before = "CREATE TABLE posts (id int PRIMARY KEY, body text, place point NOT NULL, FULLTEXT KEY body_words (body), title varchar(50));"
	return &Rule{
		ID: "alter-blocks-writes", Family: Locking, Severity: Error, Dialects: mysqlDialects(), Kinds: alterKinds(), Recipe: "engine",
		Doc: Doc{
			Title: "a change in place that blocks writes while it works",
			Why: "FULLTEXT and SPATIAL indexes and indexes over expressions are built in place, and partitions are exchanged, but under LOCK=SHARED: " +
				"INSERT, UPDATE and DELETE wait until the last row is done. LOCK=SHARED and LOCK=EXCLUSIVE in the statement do the same on purpose.",
			Instead: "Leave LOCK=SHARED and LOCK=EXCLUSIVE out. For the others there is no online form on the server: copy a big table with gh-ost, pt-online-schema-change or spirit, or plan a maintenance window. " +
				"LOCK=NONE makes the server refuse rather than block.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-index-operations",
				"https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-nocopy-alter-algorithm/",
			},
			Aliases: []string{"MY134", "MY135", "lock_option"},
			Bad: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"CREATE FULLTEXT INDEX title_words ON posts (title);"}},
				{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE posts ADD INDEX by_title (title), LOCK=SHARED;"}},
			},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE posts ADD INDEX by_title (title), ALGORITHM=INPLACE, LOCK=NONE;"}}},
		},
		Op: checkAlterBlocksWrites,
	}
}

func checkAlterBlocksWrites(p *Pass) {
	if isRequest(p.Op, "lock") {
		checkLockAskedFor(p)
		return
	}
	e, ok := clauseEffect(p)
	if !ok || e.Rebuild || !e.Work.Grows() || !e.Blocks.Has(change.Writes) {
		return
	}
	p.Report("do it in a maintenance window, or copy the table with "+onlineTools(p),
		"%s blocks INSERT, UPDATE and DELETE on %s until it is done (%s): %s", clauseText(p, p.Op), p.Table(), server(p), e.Why)
}

// checkLockAskedFor: the lock blocks more than the change by itself would.
func checkLockAskedFor(p *Pass) {
	e, ok := statementEffect(p)
	if !ok || !p.OldTable() || !requested(e) || !e.Work.Grows() || !e.Blocks.Has(change.Writes) || e.Algorithm == change.Copy {
		return
	}
	reportStatement(p, Error, "leave it out: the server lets writes go on where it can",
		"%s blocks %s on %s until the change is done", clauseText(p, p.Op), e.Blocks.Who(), p.Table())
}
