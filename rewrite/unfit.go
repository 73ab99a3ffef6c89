package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// unfit is why a migration cannot be rewritten as a whole, or "".
func unfit(in *Input) string {
	script := in.Script
	if !in.Masked && string(script.Src) != string(script.Raw) && script.Section.Text(script.Src) != script.Section.Text(script.Raw) {
		return "the file has placeholders, whose values are not known"
	}
	for _, stmt := range script.Stmts {
		if s := sessionSetting(stmt); s != "" {
			return "the file sets " + s + " for the statements behind it, which come into files of their own: name schemas in the statements instead, or set it for the role"
		}
		if stmt.Err != nil {
			return "a statement of the file does not parse, so that nobody can say what it does"
		}
		for _, op := range stmt.Ops {
			if c, ok := op.(*change.TxControl); ok && (c.Action == "rollback" || strings.HasPrefix(c.Action, "savepoint") || c.Action == "rollback to") {
				return "the file rolls back or sets savepoints by itself"
			}
		}
	}
	return ""
}

// sessionSetting is a variable, other than a limit, that a statement sets.
func sessionSetting(stmt *change.Stmt) string {
	for _, op := range stmt.Ops {
		if set, ok := op.(*change.SetOption); ok && !isLimit(set) {
			return set.Name
		}
	}
	return ""
}

// isLimit says whether a setting is one that every step has its own of: a limit, or
// the ALGORITHM of its ALTER TABLE.
func isLimit(set *change.SetOption) bool {
	switch set.Name {
	case "lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout",
		"lock_wait_timeout", "innodb_lock_wait_timeout", "max_statement_time", "max_execution_time",
		"alter_algorithm", "old_alter_table":
		return true
	}
	return false
}
