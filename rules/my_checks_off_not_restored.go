package rules

import (
	"github.com/safemig/safemig/dialect/change"
)

func checksOffNotRestored() *Rule {
	return &Rule{
		ID: "checks-off-not-restored", Family: Transactions, Severity: Warning, Dialects: mysqlDialects(),
		Doc: Doc{
			Title: "the file turns the server's checks off and does not turn them on again",
			Why: "The setting belongs to the session. A migration tool runs the next file in the same one, and a pool hands it to someone else: there foreign keys take rows without a parent, " +
				"unique keys are not checked as they should be, values that do not fit are cut, or nothing reaches the replicas.",
			Instead: "Set it back at the end of the file: SET foreign_key_checks = 1, SET sql_mode = DEFAULT, or the value that was kept (SET @old = @@sql_mode at the top). " +
				"Leave the checks on where the file does not need them off.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_foreign_key_checks",
				"https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#sql-mode-strict",
			},
			Bad:  []Example{{Version: "8.0.36", Files: []string{"SET foreign_key_checks = 0;\nCREATE TABLE orders (id int PRIMARY KEY);"}}},
			Good: []Example{{Version: "8.0.36", Files: []string{"SET foreign_key_checks = 0;\nCREATE TABLE orders (id int PRIMARY KEY);\nSET foreign_key_checks = 1;"}}},
		},
		File: checkChecksOff,
	}
}

// checkChecksOff points at the statement that set what is in force at the end.
func checkChecksOff(p *Pass) {
	last := map[string]Done{}
	var order []string
	for _, d := range p.File.InFile {
		op, ok := d.Op.(*change.SetOption)
		if !ok || op.Global || op.Local || weakening(op.Name) == "" {
			continue
		}
		if _, seen := last[op.Name]; !seen {
			order = append(order, op.Name)
		}
		last[op.Name] = d
	}
	for _, name := range order {
		d := last[name]
		op := d.Op.(*change.SetOption)
		if op.Reset || !weakens(op) {
			continue
		}
		p.Stmt = d.Stmt
		p.ReportAs(Warning, op.Span, "set it back at the end of the file", "%s stays so for the rest of the session: %s", clauseText(p, op), weakening(name))
		p.Stmt = nil
	}
}

// weakening is what a session variable does to whoever has the session next, once it is off.
func weakening(name string) string {
	switch name {
	case "foreign_key_checks":
		return "rows without a parent are taken, and foreign keys that are added are not validated"
	case "unique_checks":
		return "InnoDB may leave unique secondary keys unchecked"
	case "check_constraint_checks":
		return "CHECK constraints are not checked"
	case "sql_mode":
		return "values that do not fit are cut or become 0 instead of being refused"
	case "sql_log_bin":
		return "nothing that is written reaches the replicas"
	}
	return ""
}

// weakens says whether the value turns the check off. Values that a variable
// holds were kept before, and are set back.
func weakens(op *change.SetOption) bool {
	if op.Name != "sql_mode" {
		return switchedOff(op.Value)
	}
	return looseValue(op.Value)
}
