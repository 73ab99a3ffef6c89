package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func insertSelectLocksSource() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, total int);\nCREATE TABLE totals (id int PRIMARY KEY, total int);"
	return &Rule{
		ID: "insert-select-locks-source", Family: Locking, Severity: Warning, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindInsert},
		Doc: Doc{
			Title: "INSERT .. SELECT locks the rows that it reads",
			Why: "At the default isolation level REPEATABLE READ each row that is read, and the gap before it, is locked until the transaction ends, so that the binary log can be replayed. " +
				"UPDATE, DELETE and INSERT on the table that is read wait for as long as the whole copy takes.",
			Instead: "Copy in batches by the primary key, outside the migration, each batch in its own transaction. With binlog_format = ROW, SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED reads without such locks.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/innodb-locks-set.html",
				"https://mariadb.com/kb/en/innodb-lock-modes/",
			},
			Bad: []Example{{Version: "8.0.36", Before: before, Files: []string{"INSERT INTO totals SELECT id, total FROM orders;"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;\nINSERT INTO totals SELECT id, total FROM orders;"}}},
		},
		Op: checkInsertSelect,
	}
}

func checkInsertSelect(p *Pass) {
	op := p.Op.(*change.Insert)
	if !op.Select || readsWithoutLocks(p) {
		return
	}
	for _, e := range p.Effects() {
		if e.Table == p.State.Resolve(op.Table) || !e.Blocks.Has(change.Writes) || !p.Old(e.Table) || setAside(p, e.Table) {
			continue
		}
		p.Report("copy in batches by the primary key, or at isolation level READ COMMITTED",
			"the rows that it reads of %s stay locked against writes until it is done", p.Display(e.Table))
		return
	}
}

// setAside says whether the file gave the table its name: nobody writes to it by that name.
func setAside(p *Pass, table change.Name) bool {
	return slices.ContainsFunc(p.File.InFile, func(d Done) bool {
		r, ok := d.Op.(*change.RenameTable)
		return ok && p.State.Resolve(r.To) == table
	})
}

// readsWithoutLocks says whether the file chose an isolation level at which
// INSERT .. SELECT reads without locking.
func readsWithoutLocks(p *Pass) bool {
	for _, name := range []string{"transaction", "transaction_isolation", "tx_isolation"} {
		v, _ := sessionSetting(p, name)
		v = strings.ToLower(strings.ReplaceAll(v, "-", " "))
		if strings.Contains(v, "read committed") || strings.Contains(v, "read uncommitted") {
			return true
		}
	}
	return false
}
