package rules

import "github.com/safemig/safemig/dialect/change"

func commitInFile() *Rule {
	const before = "CREATE TABLE plans (id int PRIMARY KEY);"
	return &Rule{
		ID: "commit-in-file", Family: Transactions, Severity: Warning, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindTxControl},
		Doc: Doc{
			Title: "the file ends the transaction that the migration tool opened",
			Why: "COMMIT, ROLLBACK and START TRANSACTION (which commits what is open) act on the tool's own transaction. What the tool does after the file, its entry in the table of migrations included, " +
				"is no longer one with the file's changes: a failure in between leaves a change that counts as not made.",
			Instead: "Leave transaction control to the tool, or tell the tool to open none for this file and keep it all in the file.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/commit.html",
				"https://mariadb.com/kb/en/start-transaction/",
			},
			Aliases: []string{"STATEMENT_DISALLOW_COMMIT"},
			Bad:     []Example{{Version: "8.0.36", Tx: true, Before: before, Files: []string{"INSERT INTO plans VALUES (1);\nCOMMIT;\nINSERT INTO plans VALUES (2);"}}},
			Good:    []Example{{Version: "8.0.36", Before: before, Files: []string{"START TRANSACTION;\nINSERT INTO plans VALUES (1);\nCOMMIT;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.TxControl)
			toolOpens := p.Script.Tx == change.TxFile || p.Script.Tx == change.TxAllPending
			if !toolOpens || op.Action != "begin" && !endsTx(op) || !p.Once() {
				return
			}
			p.Report("leave transaction control to the migration tool", "%s ends the transaction that the migration tool has opened around the file", clauseText(p, op))
		},
	}
}
