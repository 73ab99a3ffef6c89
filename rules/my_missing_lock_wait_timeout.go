package rules

import (
	"slices"
	"strconv"

	"github.com/safemig/safemig/dialect/change"
)

func missingLockWaitTimeout() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY);"
	return &Rule{
		ID: "missing-lock-wait-timeout", Family: Locking, Severity: Warning, AnySize: true, Dialects: mysqlDialects(), Recipe: "online-ddl",
		Doc: Doc{
			Title: "DDL waits for its metadata lock without a limit worth the name",
			Why: "Every ALTER TABLE, an INSTANT one too, needs the table for itself for a moment. While it waits for one long query or one forgotten transaction, " +
				"each new statement on the table, SELECT included, waits behind it. lock_wait_timeout bounds that, and its default is a year on MySQL and a day on MariaDB. " +
				"innodb_lock_wait_timeout is for row locks and does not help. Reported once per file, at the first such statement.",
			Instead: "SET SESSION lock_wait_timeout = 5 at the top of the file, and run the file again when it fails. " +
				"On MariaDB also ALTER TABLE t WAIT 5 .., NOWAIT, or SET STATEMENT lock_wait_timeout = 5 FOR ...",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html",
				"https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_lock_wait_timeout",
				"https://mariadb.com/kb/en/wait-and-nowait/",
			},
			Aliases: []string{"lock_timeout_limit"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders ADD COLUMN note text;"}}},
			Good: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD COLUMN note text;"}},
				{Dialect: "mariadb", Version: "10.11", Before: before, Files: []string{"ALTER TABLE orders WAIT 5 ADD COLUMN note text;"}},
			},
		},
		Stmt: checkMissingLockWaitTimeout,
	}
}

func checkMissingLockWaitTimeout(p *Pass) {
	if p.Stmt.Err != nil || !slices.ContainsFunc(p.Stmt.Ops, waitsForTable) || waitIsBounded(p) {
		return
	}
	table, ok := waitsFor(p)
	if !ok || !p.Once() {
		return
	}
	most, help := "a year", "SET SESSION lock_wait_timeout = 5 before it, and run the file again when it fails"
	if p.Target.Dialect == "mariadb" {
		most, help = "a day", "SET SESSION lock_wait_timeout = 5 before it, or WAIT 5 behind the table's name, and run the file again when it fails"
	}
	p.ReportAs(Warning, p.Stmt.Span, help,
		"no lock_wait_timeout: this may wait up to %s for %s, and every query on %s waits behind it", most, table, table)
}

// waitsForTable says whether a change needs a table for itself.
func waitsForTable(op change.Op) bool {
	if drop, ok := op.(*change.DropTable); ok {
		return !drop.Temp
	}
	return commits(op) || op.Kind() == change.KindMaintain || op.Kind() == change.KindLockTable
}

// waitsFor is the first table that was there before the file and that the
// statement needs for itself.
func waitsFor(p *Pass) (string, bool) {
	for i := range p.Stmt.Ops {
		for _, e := range p.Result.ByOp[i] {
			if e.Blocks.Has(change.DDL) && p.Old(e.Table) && !p.State.IsView(e.Table) && !refusedOn(p, e.Table) {
				return p.Display(e.Table), true
			}
		}
	}
	return "", false
}

func refusedOn(p *Pass, table change.Name) bool {
	return slices.ContainsFunc(p.Result.Effects, func(e change.Effect) bool { return e.Table == table && refuses(e) })
}

// waitIsBounded: WAIT n and NOWAIT belong to the statement. An hour is no bound.
func waitIsBounded(p *Pass) bool {
	const longest = 3600
	for _, op := range p.Stmt.Ops {
		if o, ok := op.(*change.TableOption); ok && (o.Option == "wait" || o.Option == "nowait") {
			return true
		}
	}
	v, ok := sessionSetting(p, "lock_wait_timeout")
	if !ok {
		return false
	}
	seconds, err := strconv.ParseFloat(v, 64)
	return err != nil || seconds < longest // a variable's or function's value is not known here
}
