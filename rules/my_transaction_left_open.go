package rules

import "github.com/safemig/safemig/dialect/change"

func transactionLeftOpen() *Rule {
	const before = "CREATE TABLE plans (id int PRIMARY KEY);"
	return &Rule{
		ID: "transaction-left-open", Family: Transactions, Severity: Error, Dialects: mysqlDialects(),
		Doc: Doc{
			Title: "the file changes rows in a transaction that it never ends",
			Why: "After START TRANSACTION or SET autocommit = 0 rows are kept only when COMMIT says so. If the connection is closed before that, the server rolls them back without a word, " +
				"and the migration counts as done; if it is not, their locks stay.",
			Instead: "End the file with COMMIT. Set autocommit back to 1.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/commit.html",
				"https://mariadb.com/kb/en/start-transaction/",
			},
			Bad:  []Example{{Version: "8.0.36", Before: before, Files: []string{"START TRANSACTION;\nINSERT INTO plans VALUES (1);"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{"START TRANSACTION;\nINSERT INTO plans VALUES (1);\nCOMMIT;"}}},
		},
		File: checkTransactionLeftOpen,
	}
}

// checkTransactionLeftOpen points at the first change of rows that nothing commits.
func checkTransactionLeftOpen(p *Pass) {
	var lost *change.Stmt
	begun, auto := false, true
	for _, d := range p.File.InFile {
		switch op := d.Op.(type) {
		case *change.SetOption:
			if op.Name == "autocommit" && !op.Global {
				auto = !switchedOff(op.Value)
			}
		case *change.TxControl:
			begun = op.Action == "begin" || begun && !endsTx(op) || op.Chain
		}
		switch {
		case endsWork(d.Op) || auto && !begun:
			lost = nil
		case changesRows(d.Op) && lost == nil:
			lost = d.Stmt
		}
		begun = begun && !commits(d.Op)
	}
	if lost == nil || p.Script.Tx == change.TxFile || p.Script.Tx == change.TxAllPending {
		return // the tool's own COMMIT ends it
	}
	p.Stmt = lost
	p.ReportAs(Error, lost.Span, "end the file with COMMIT", "no COMMIT follows: the server rolls this back when the connection is closed")
	p.Stmt = nil
}

func endsTx(op *change.TxControl) bool { return op.Action == "commit" || op.Action == "rollback" }

// endsWork says whether nothing is left open behind the change: BEGIN and DDL commit as well.
func endsWork(op change.Op) bool {
	if tx, ok := op.(*change.TxControl); ok {
		return endsTx(tx) || tx.Action == "begin"
	}
	return commits(op)
}
