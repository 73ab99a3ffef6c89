package rules

import "github.com/safemig/safemig/dialect/change"

func storedProgram() *Rule {
	return &Rule{
		ID: "stored-program", Family: Style, Severity: Warning, Off: true, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindCreateTrigger, change.KindObject},
		Doc: Doc{
			Title: "a trigger, procedure, function or event",
			Why: "What a trigger or an event does is hidden from the application and from those who review it. gh-ost refuses tables with triggers, pt-online-schema-change needs an option for them, " +
				"and with several versions of the application at work only one version of the program is there.",
			Instead: "Keep the logic in the application. The triggers of an expand and contract plan are meant to go again: turn the rule off for that file.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/stored-objects.html",
				"https://mariadb.com/kb/en/stored-programs-and-views/",
			},
			Aliases: []string{"triggers", "has-routine", "TABLE_DISALLOW_TRIGGER", "SYSTEM_PROCEDURE_DISALLOW_CREATE", "SYSTEM_FUNCTION_DISALLOW_CREATE", "SYSTEM_EVENT_DISALLOW_CREATE"},
			Bad: []Example{{Version: "8.0.36", Before: "CREATE TABLE orders (id int PRIMARY KEY, total int);", Files: []string{
				"CREATE TRIGGER no_debt BEFORE INSERT ON orders FOR EACH ROW SET NEW.total = abs(NEW.total);"}}},
			Good: []Example{{Version: "8.0.36", Files: []string{"CREATE VIEW now_utc AS SELECT utc_timestamp() AS t;"}}},
		},
		Op: func(p *Pass) {
			switch op := p.Op.(type) {
			case *change.CreateTrigger:
				p.Report("keep the logic in the application", "trigger %s on %s", op.Name, p.Table())
			case *change.Object:
				if op.Verb == "create" && isProgram(op.Class) {
					p.Report("keep the logic in the application", "%s %s", op.Class, op.Name)
				}
			}
		},
	}
}

func isProgram(class string) bool {
	switch class {
	case "procedure", "function", "event", "package", "package body", "library":
		return true
	}
	return false
}
