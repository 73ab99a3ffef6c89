package rules

import "github.com/safemig/safemig/dialect/change"

func dropDatabase() *Rule {
	return &Rule{
		ID: "drop-database", Family: DataLoss, Severity: Error,
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title:   "DROP DATABASE loses everything in it",
			Why:     "Every table with all its rows is gone, and nothing but a backup brings them back.",
			Instead: "Not in a migration. By hand, after a backup that was tried, by somebody who watches it.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-dropdatabase.html", "https://dev.mysql.com/doc/refman/8.4/en/drop-database.html"},
			Aliases: []string{"ban-drop-database"},
			Bad:     []Example{{Files: []string{"DROP DATABASE shop;"}}, {Dialect: "mysql", Files: []string{"DROP DATABASE shop;"}}},
			Good:    []Example{{Files: []string{"CREATE DATABASE shop;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Object)
			if op.Verb != "drop" || !isDatabase(p, op) || anyOp(p.earlier(), isMade(op.Class, op.Name.Name)) {
				return
			}
			p.Report("take it out of the migration", "DROP DATABASE loses everything in %s", op.Name.Name)
		},
	}
}

// isDatabase: on MySQL and MariaDB SCHEMA is another word for DATABASE.
func isDatabase(p *Pass, op *change.Object) bool {
	return op.Class == "database" || op.Class == "schema" && p.Target.Dialect != "postgres"
}
