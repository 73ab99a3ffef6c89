package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func dropTrigger() *Rule {
	return &Rule{
		ID: "drop-trigger", Family: Compatibility, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindDropTrigger},
		Doc: Doc{
			Title:   "dropping a trigger ends what it did on every write",
			Why:     "From that moment on writes are no longer audited, checked or copied as the trigger did, for the version of the application that still counts on it. Silent where the same file creates one of that name.",
			Instead: "Make sure that a version which does that work by itself, or does not need it, is the only one running. To change the trigger's work use CREATE OR REPLACE FUNCTION, or CREATE OR REPLACE TRIGGER from PostgreSQL 14 on.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-droptrigger.html"},
			Aliases: []string{"banDropTrigger"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);\nCREATE TRIGGER audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION audit_row();", Files: []string{"DROP TRIGGER audit ON users;"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint);", Tx: true,
				Files: []string{"SET LOCAL lock_timeout = '2s';\nDROP TRIGGER IF EXISTS audit ON users;\nCREATE TRIGGER audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION audit_row();"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.DropTrigger)
			if !p.OldTable() || anyOp(p.later(), func(o change.Op) bool { return p.remakesTrigger(o, op) }) || p.triggerMadeHere(op) {
				return
			}
			p.Report("make sure that no running version counts on it", "without the trigger %s writes to %s no longer do what it did", op.Name, p.Table())
		},
	}
}

// remakesTrigger: another trigger on the table, or the end of the table.
func (p *Pass) remakesTrigger(o change.Op, dropped *change.DropTrigger) bool {
	if !p.sameTable(o, dropped.Table) {
		return false
	}
	switch o := o.(type) {
	case *change.CreateTrigger:
		return strings.EqualFold(o.Name, dropped.Name)
	case *change.DropTable:
		return true
	}
	return false
}

func (p *Pass) triggerMadeHere(dropped *change.DropTrigger) bool {
	return anyOp(p.earlier(), func(o change.Op) bool {
		c, ok := o.(*change.CreateTrigger)
		return ok && p.sameTable(c, dropped.Table) && strings.EqualFold(c.Name, dropped.Name)
	})
}
