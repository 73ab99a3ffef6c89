package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// sessionSetting is a variable's value where the file sets it; MariaDB's SET
// STATEMENT .. FOR sets it for the one statement.
// https://mariadb.com/kb/en/set-statement/
func sessionSetting(p *Pass, name string) (string, bool) {
	if p.Stmt != nil {
		for _, op := range p.Stmt.Ops {
			s, ok := op.(*change.SetOption)
			if !ok {
				break // the settings stand first
			}
			if s.Local && s.Name == name {
				return s.Value, true
			}
		}
	}
	return p.State.Setting(name)
}

// switchedOff says whether a value turns a variable off.
func switchedOff(value string) bool {
	return value == "0" || strings.EqualFold(value, "off") || strings.EqualFold(value, "false")
}

// foreignKeysUnchecked says whether the file has turned foreign_key_checks off.
func foreignKeysUnchecked(p *Pass) bool {
	v, ok := sessionSetting(p, "foreign_key_checks")
	return ok && switchedOff(v)
}

// looseMode says whether the file has set an sql_mode that is not strict, so
// that values which do not fit are changed rather than refused. A value that is
// computed counts as strict, which is the default.
// https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#sql-mode-strict
func looseMode(p *Pass) bool {
	v, ok := sessionSetting(p, "sql_mode")
	return ok && looseValue(v)
}

func looseValue(mode string) bool {
	if computed(mode) {
		return false
	}
	mode = strings.ToUpper(mode)
	return !strings.Contains(mode, "STRICT_") && !strings.Contains(mode, "TRADITIONAL")
}

// computed says whether a variable's new value is not to be read from the text:
// it comes from another variable or from a function.
func computed(value string) bool {
	return strings.ContainsAny(value, "@(") || strings.EqualFold(value, "default")
}

// asksForOnline says whether the statement pins an algorithm better than a copy:
// whoever writes that knows what the server does.
func asksForOnline(p *Pass) bool {
	v := requestValue(p, "algorithm")
	return v == "INPLACE" || v == "NOCOPY" || v == "INSTANT"
}

// oldColumn is what is known of a column of a table that was there before the
// file; nil where the file itself made it or it was never seen whole.
func oldColumn(p *Pass, table change.Name, name string) *schema.Column {
	if !p.Old(table) || p.State.NewColumnInFile(table, name) {
		return nil
	}
	t := p.State.Table(table)
	if t == nil {
		return nil
	}
	if c := t.Column(name); c != nil && c.TypeKnown {
		return c
	}
	return nil
}

func sameNames(a, b []string) bool {
	return slices.EqualFunc(a, b, strings.EqualFold)
}

func hasName(list []string, name string) bool {
	return slices.ContainsFunc(list, func(n string) bool { return strings.EqualFold(n, name) })
}

// later are the changes of the file's later statements, and of what the
// statement at hand's routine or block runs after it.
func later(p *Pass, match func(change.Op) bool) bool {
	return slices.ContainsFunc(p.Script.Stmts, func(st *change.Stmt) bool {
		return st.Index > p.Stmt.Index && slices.ContainsFunc(st.Ops, match)
	}) || slices.ContainsFunc(p.stepsAfter(), func(st *change.Stmt) bool { return slices.ContainsFunc(st.Ops, match) })
}

// beside says whether another change of the statement, on the same table, matches.
func beside(p *Pass, match func(change.Op) bool) bool {
	table := p.State.Resolve(p.Op.Head().Table)
	return slices.ContainsFunc(p.Stmt.Ops, func(op change.Op) bool {
		return op != p.Op && p.State.Resolve(op.Head().Table) == table && match(op)
	})
}
