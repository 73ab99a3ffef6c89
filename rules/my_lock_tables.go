package rules

import "github.com/safemig/safemig/dialect/change"

func lockTables() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, total int);"
	return &Rule{
		ID: "lock-tables", Family: Locking, Severity: Error, AnySize: true, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindLockTable},
		Doc: Doc{
			Title: "LOCK TABLES shuts the application out for as long as the rest takes",
			Why: "WRITE keeps every SELECT, INSERT, UPDATE and DELETE of the table waiting, READ every write, until UNLOCK TABLES or the end of the session. " +
				"It commits the open transaction, and where the tool keeps its connection nobody ever unlocks. FLUSH TABLES t WITH READ LOCK does the same.",
			Instead: "InnoDB needs no LOCK TABLES: change rows in batches, each in a transaction; ALTER TABLE takes its own locks.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/lock-tables.html",
				"https://mariadb.com/kb/en/lock-tables/",
			},
			Bad:  []Example{{Version: "8.0.36", Before: before, Files: []string{"LOCK TABLES orders WRITE;\nUPDATE orders SET total = 0 WHERE id < 1000;\nUNLOCK TABLES;"}}},
			Good: []Example{{Version: "8.0.36", Files: []string{before + "\nLOCK TABLES orders WRITE;\nINSERT INTO orders VALUES (1, 2);\nUNLOCK TABLES;"}}},
		},
		Op: checkLockTables,
	}
}

func checkLockTables(p *Pass) {
	op := p.Op.(*change.LockTable)
	if !p.OldTable() || p.State.IsView(op.Table) {
		return
	}
	who := "every write of"
	if op.Write {
		who = "every query on"
	}
	until := "UNLOCK TABLES"
	if !later(p, unlocks) {
		until = "the end of the session, since the file does not unlock it"
	}
	p.Report("leave it out: change rows in batches, each in a transaction of its own", "%s %s waits until %s", who, p.Table(), until)
}

func unlocks(op change.Op) bool {
	o, ok := op.(*change.Object)
	return ok && o.Class == "lock" && o.Verb == "unlock"
}
