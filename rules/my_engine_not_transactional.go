package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func engineNotTransactional() *Rule {
	const before = "CREATE TABLE logs (id int PRIMARY KEY);"
	return &Rule{
		ID: "engine-not-transactional", Family: Locking, Severity: Warning, AnySize: true, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindCreateTable, change.KindTableOption},
		Doc: Doc{
			Title: "a table of an engine without transactions and online DDL",
			Why: "MyISAM, Aria, MEMORY, CSV, ARCHIVE and MERGE lock the whole table for each write, cannot roll back, do not keep foreign keys, and lose rows in a crash (MEMORY: at every restart). " +
				"Every later change of such a table is a copy without writes. A new table is reported as a note.",
			Instead: "ENGINE=InnoDB, which is the default: leave the clause out.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/storage-engines.html",
				"https://mariadb.com/kb/en/choosing-the-right-storage-engine/",
			},
			Aliases: []string{"MY138", "ENGINE_MYSQL_USE_INNODB", "allow_engine", "TBL.002"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE logs ENGINE=MyISAM;"}}},
			Good:    []Example{{Version: "8.0.36", Files: []string{"CREATE TABLE logs (id int PRIMARY KEY) ENGINE=InnoDB;"}}},
		},
		Op: checkEngine,
	}
}

func checkEngine(p *Pass) {
	switch op := p.Op.(type) {
	case *change.CreateTable:
		if !op.Temp && withoutTransactions(op.Engine) {
			p.ReportAs(Info, p.Stmt.Span, "leave ENGINE out: InnoDB is the default",
				"%s is a table of %s: every write locks it whole, and every later ALTER copies it without writes", p.Table(), op.Engine)
		}
	case *change.TableOption:
		if op.Option == "engine" && p.OldTable() && withoutTransactions(op.Value) {
			p.Report("keep InnoDB", "%s loses transactions, foreign keys and online DDL by ENGINE=%s", p.Table(), op.Value)
		}
	}
}

func withoutTransactions(engine string) bool {
	switch strings.ToLower(engine) {
	case "myisam", "isam", "aria", "maria", "memory", "heap", "csv", "archive", "merge", "mrg_myisam", "blackhole":
		return true
	}
	return false
}
