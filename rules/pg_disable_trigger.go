package rules

import "github.com/safemig/safemig/dialect/change"

func disableTrigger() *Rule {
	return &Rule{
		ID: "disable-trigger", Family: DataLoss, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindTableOption},
		Doc: Doc{
			Title: "DISABLE TRIGGER turns triggers off for every session, not only for this one",
			Why: "While they are off, writes of the running application are not audited, checked or copied. With ALL that includes the triggers of foreign keys: " +
				"rows that break them come in, and nothing finds them later (severity error). In a transaction others wait instead, for as long as it holds SHARE ROW EXCLUSIVE.",
			Instead: "To change rows without firing triggers set session_replication_role = replica for that session alone (it spares foreign keys as well). To be rid of a trigger, drop it.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER"},
			Aliases: []string{"avoidEnableDisableTrigger", "MP064"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"ALTER TABLE users DISABLE TRIGGER ALL;"}}},
			Good:    []Example{{Before: "CREATE TABLE users (id bigint);", Tx: true, Files: []string{"SET LOCAL session_replication_role = replica;\nUPDATE users SET id = id WHERE id = 1;"}}},
		},
		Op: func(p *Pass) {
			op, ok := tableOptionIs(p, "disable trigger")
			if !ok || !p.OldTable() {
				return
			}
			const help = "set session_replication_role for this session alone, or drop the trigger"
			if op.Value == "all" {
				p.Report(help, "DISABLE TRIGGER ALL turns foreign keys of %s off too, for every session", p.Table())
				return
			}
			p.ReportAs(Warning, op.Span, help, "DISABLE TRIGGER turns it off for every session that writes to %s", p.Table())
		},
	}
}
