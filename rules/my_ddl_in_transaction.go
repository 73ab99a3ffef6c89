package rules

import "github.com/safemig/safemig/dialect/change"

func ddlInTransaction() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY);"
	return &Rule{
		ID: "ddl-in-transaction", Family: Transactions, Severity: Warning, Dialects: mysqlDialects(), Kinds: everyKind(), Recipe: "online-ddl",
		Doc: Doc{
			Title: "a DDL statement commits the transaction that it stands in",
			Why: "MySQL and MariaDB commit the open transaction before every DDL statement, and once more after it. What came before can no longer be rolled back, " +
				"what comes after is in no transaction at all, and ROLLBACK undoes nothing of it. A file that fails halfway is half applied, although it says START TRANSACTION.",
			Instead: "Leave START TRANSACTION and COMMIT out around DDL, and put each DDL statement into a file of its own. Keep the transaction for files that only change rows.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html",
				"https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/",
			},
			Bad: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"START TRANSACTION;\nINSERT INTO orders VALUES (1);\nALTER TABLE orders ADD COLUMN note text;\nCOMMIT;"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"START TRANSACTION;\nINSERT INTO orders VALUES (1);\nINSERT INTO orders VALUES (2);\nCOMMIT;"}}},
		},
		Op: checkDDLInTransaction,
	}
}

func checkDDLInTransaction(p *Pass) {
	if !commits(p.Op) || !p.State.ExplicitTx() {
		return
	}
	begin, rows := openedBy(p)
	if begin == nil || !p.Once() {
		return
	}
	what := "the file's transaction ends here, and ROLLBACK undoes nothing of it"
	if rows {
		what = "the rows changed before it in the transaction are committed with it"
	}
	p.ReportAs(Warning, p.Stmt.Span, "leave "+clauseText(p, begin)+" and COMMIT out, and give DDL a file of its own",
		"%s commits by itself: %s", wholeText(p), what)
}

// openedBy is the statement that opened the transaction at hand, and whether
// rows were changed in it. A DDL statement before has ended it already.
func openedBy(p *Pass) (begin change.Op, rows bool) {
	for _, d := range p.File.InFile {
		switch {
		case isTx(d.Op, "begin"):
			begin, rows = d.Op, false
		case isTx(d.Op, "commit"), isTx(d.Op, "rollback"), commits(d.Op):
			begin = nil
		case changesRows(d.Op):
			rows = true
		}
	}
	return begin, rows
}

func isTx(op change.Op, action string) bool {
	tx, ok := op.(*change.TxControl)
	return ok && tx.Action == action
}

func changesRows(op change.Op) bool {
	switch op.Kind() {
	case change.KindInsert, change.KindUpdate, change.KindDelete:
		return true
	}
	return false
}
