package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func severalDDLInFile() *Rule {
	const before = "CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE orders (id int PRIMARY KEY);"
	return &Rule{
		ID: "several-ddl-in-file", Family: Transactions, Severity: Warning, Dialects: mysqlDialects(), Recipe: "online-ddl",
		Doc: Doc{
			Title: "several DDL statements in one file: a failure halfway leaves it half applied",
			Why: "On MySQL and MariaDB every DDL statement commits by itself, inside BEGIN .. COMMIT as well. If the second one fails (a duplicate, a lock wait timeout, a full disk), the first stays, " +
				"the migration tool counts the file as failed, and running it again fails at the first.",
			Instead: "One DDL statement in a file; several changes of one table in one ALTER TABLE where all of them are INSTANT. On MariaDB IF [NOT] EXISTS makes a file that can be run again.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html",
				"https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/",
			},
			Aliases: []string{"ER_ALTER_TABLE_ONCE"},
			Bad: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"ALTER TABLE users ADD COLUMN nick varchar(50);\nALTER TABLE orders ADD COLUMN note text;"}}},
			Good: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE users ADD COLUMN nick varchar(50);", "SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD COLUMN note text;"}},
				{Version: "8.0.36", Files: []string{before}},
			},
		},
		File: checkSeveralDDL,
	}
}

// checkSeveralDDL leaves files alone that only make new tables: a baseline is
// run on an empty database, where starting over costs nothing. What is done to a
// table that the file drops IF EXISTS before can be done again.
func checkSeveralDDL(p *Pass) {
	var all, onOld []*change.Stmt
	rerunnable, afterOnce := true, false // afterOnce: something before cannot be run twice
	remade := map[change.Name]bool{}
	for _, d := range p.File.InFile {
		if !commits(d.Op) {
			continue
		}
		if afterOnce && all[len(all)-1] != d.Stmt {
			rerunnable = false
		}
		afterOnce = afterOnce || !guarded(d.Op) && !remade[d.Op.Head().Table]
		if drop, ok := d.Op.(*change.DropTable); ok && drop.IfExists {
			remade[drop.Table] = true
		}
		all = appendOnce(all, d.Stmt)
		if d.OldTable && d.Op.Kind() != change.KindCreateTable {
			onOld = appendOnce(onOld, d.Stmt)
		}
	}
	if len(all) < 2 || len(onOld) == 0 || rerunnable {
		return
	}
	at := all[1]
	if len(onOld) > 1 {
		at = onOld[1]
	}
	p.Stmt = at
	p.ReportAs(Warning, at.Span, "give each DDL statement a file of its own",
		"%d DDL statements in one file, each commits by itself: if this one fails, the file is half applied and cannot be run again", len(all))
	p.Stmt = nil
}

func appendOnce(list []*change.Stmt, s *change.Stmt) []*change.Stmt {
	if n := len(list); n > 0 && list[n-1] == s { // statements come one after the other
		return list
	}
	return append(list, s)
}

// commits says whether the change is DDL on a table, which commits by itself.
// https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
func commits(op change.Op) bool {
	switch op := op.(type) {
	case *change.CreateTable:
		return !op.Temp
	case *change.DropTable:
		return !op.Temp
	case *change.Truncate, *change.CreateTrigger, *change.DropTrigger:
		return true
	case *change.Maintain:
		return false
	}
	return slices.Contains(alterKinds(), op.Kind())
}

// guarded says whether the change can be made twice. One in a body under a
// condition asks first whether it is made already: why else would it be there.
func guarded(op change.Op) bool {
	if op.Head().Conditional {
		return true
	}
	switch op := op.(type) {
	case *change.CreateTable:
		return op.IfNotExists || op.OrReplace
	case *change.DropTable:
		return op.IfExists
	case *change.AddColumn:
		return op.IfNotExists
	case *change.DropColumn:
		return op.IfExists
	case *change.CreateIndex:
		return op.IfNotExists || op.OrReplace
	case *change.DropIndex:
		return op.IfExists
	case *change.AddConstraint:
		return op.IfNotExists
	case *change.DropConstraint:
		return op.IfExists
	case *change.CreateTrigger:
		return op.OrReplace || op.IfNotExists
	case *change.DropTrigger:
		return op.IfExists
	case *change.ModifyColumn:
		return op.From == op.Column.Name
	case *change.Truncate, *change.ColumnDefault, *change.ColumnOption, *change.TableOption, *change.ConvertCharset, *change.AlterIndex:
		return true
	}
	return false
}
