package rules

import "github.com/safemig/safemig/dialect/change"

func createTrigger() *Rule {
	return &Rule{
		ID: "create-trigger", Family: Compatibility, Severity: Info, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindCreateTrigger},
		Doc: Doc{
			Title:   "a new trigger runs within every write of the running application",
			Why:     "From that moment on its work is part of each write's transaction: an error in it makes the write fail, and its time is added to the write's. The lock itself is brief, and blocks writes (see missing-lock-timeout).",
			Instead: "Keep the function short and free of errors, try it under load, and have the DROP TRIGGER at hand. Triggers that keep two columns in step are the right tool for a change in steps.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createtrigger.html", "https://www.postgresql.org/docs/current/trigger-definition.html"},
			Aliases: []string{"PG308", "avoidCreateTrigger"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"CREATE TRIGGER audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION audit_row();"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint);\nCREATE TRIGGER audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION audit_row();"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.CreateTrigger)
			if !p.OldTable() || p.State.IsView(op.Table) || op.OrReplace || p.triggerWasThere(op) {
				return
			}
			p.Report("try it under load, and have its DROP TRIGGER at hand", "from now on %s runs within every write to %s that fires it, and fails it where it fails", op.Name, p.Table())
		},
	}
}

// triggerWasThere: the file drops one of that name before.
func (p *Pass) triggerWasThere(made *change.CreateTrigger) bool {
	return anyOp(p.earlier(), func(o change.Op) bool {
		d, ok := o.(*change.DropTrigger)
		return ok && p.sameTable(d, made.Table) && d.Name == made.Name
	})
}
