package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func autovacuumOff() *Rule {
	return &Rule{
		ID: "autovacuum-off", Family: Locking, Severity: Warning, AnySize: true, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindTableOption},
		Doc: Doc{
			Title: "autovacuum is turned off for a table",
			Why: "Dead rows are no longer removed, so the table and its indexes grow without end and scans get slower; statistics grow old; " +
				"and one day a vacuum against transaction id wraparound comes all the same, over everything at once.",
			Instead: "Leave it on and tune it for the table: autovacuum_vacuum_cost_limit, autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay. For one bulk load turn it on again in the same file.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createtable.html#RELOPTION-AUTOVACUUM-ENABLED", "https://www.postgresql.org/docs/current/routine-vacuuming.html"},
			Aliases: []string{"MP066"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"ALTER TABLE users SET (autovacuum_enabled = false);"}}},
			Good:    []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"ALTER TABLE users SET (autovacuum_vacuum_scale_factor = 0.01);"}}},
		},
		Op: func(p *Pass) {
			op, ok := tableOptionIs(p, "storage")
			if !ok || !turnsAutovacuumOff(op) || anyOp(p.later(), func(o change.Op) bool { return turnsAutovacuumOn(o) && p.sameTable(o, op.Table) }) {
				return
			}
			p.Report("tune autovacuum for the table instead, or turn it on again in the same file", "without autovacuum %s grows without end", p.Table())
		},
	}
}

func turnsAutovacuumOff(op *change.TableOption) bool {
	for part := range strings.SplitSeq(strings.ToLower(op.Value), ",") {
		name, value, _ := strings.Cut(part, "=")
		switch value {
		case "false", "off", "0", "no":
			if name == "autovacuum_enabled" || name == "toast.autovacuum_enabled" {
				return true
			}
		}
	}
	return false
}

// turnsAutovacuumOn: set to true, or reset.
func turnsAutovacuumOn(o change.Op) bool {
	op, ok := o.(*change.TableOption)
	return ok && op.Option == "storage" && strings.Contains(op.Value, "autovacuum_enabled") && !turnsAutovacuumOff(op)
}
