package rules

import "github.com/safemig/safemig/dialect/change"

func rowsChangedAfterDDL() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, total int);"
	return &Rule{
		ID: "rows-changed-after-ddl", Family: Transactions, Severity: Info, Dialects: mysqlDialects(),
		Doc: Doc{
			Title:   "rows are changed behind DDL in one file",
			Why:     "The DDL has committed when the change of rows begins. If that fails (a duplicate, a deadlock, a lock wait timeout), the file counts as failed, and running it again fails at the DDL, which is done already.",
			Instead: "Give the DDL and the change of rows a file each; large changes of rows belong into batches outside the migration. On MariaDB IF [NOT] EXISTS makes the DDL one that can be run again.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html",
				"https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/",
			},
			Aliases: []string{"ER_DDL_DML_COEXIST"},
			Bad: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"ALTER TABLE orders ADD COLUMN note text;\nUPDATE orders SET note = '' WHERE id < 1000;"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD COLUMN note text;", "UPDATE orders SET note = '' WHERE id < 1000;"}}},
		},
		File: checkRowsAfterDDL,
	}
}

// checkRowsAfterDDL speaks once, at the first change of old rows behind DDL on
// an old table that cannot be made twice.
func checkRowsAfterDDL(p *Pass) {
	var ddl *change.Stmt
	for _, d := range p.File.InFile {
		switch {
		case ddl == nil && commits(d.Op) && d.OldTable && !guarded(d.Op):
			ddl = d.Stmt
		case ddl != nil && changesRows(d.Op) && d.OldTable && d.Stmt != ddl:
			p.Stmt = ddl
			text := wholeText(p)
			p.Stmt = d.Stmt
			p.ReportAs(Info, d.Stmt.Span, "give it a file of its own", "if this fails, %s stays, and the file cannot be run again", text)
			p.Stmt = nil
			return
		}
	}
}
