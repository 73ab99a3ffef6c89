package rules

import "github.com/safemig/safemig/dialect/change"

func setGlobal() *Rule {
	return &Rule{
		ID: "set-global", Family: Compatibility, Severity: Warning, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindSetOption},
		Doc: Doc{
			Title: "a migration changes a setting of the whole server",
			Why: "SET GLOBAL and SET PERSIST hold for every session that begins from now on, of every application on the server; GLOBAL is forgotten at the next restart, PERSIST is not. " +
				"Replicas keep their own value. Managed servers refuse it for want of privileges, and the migration fails there.",
			Instead: "Set the variable for the session, where it has one (SET SESSION). Keep the server's settings in its configuration.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/set-variable.html",
				"https://mariadb.com/kb/en/set/",
			},
			Bad:  []Example{{Version: "8.0.36", Files: []string{"SET GLOBAL log_bin_trust_function_creators = 1;"}}},
			Good: []Example{{Version: "8.0.36", Files: []string{"SET SESSION max_execution_time = 0;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.SetOption)
			if !op.Global || op.Name == "transaction" {
				return
			}
			p.Report("set it for the session, or in the server's configuration", "%s changes the whole server, for every application on it", clauseText(p, op))
		},
	}
}
