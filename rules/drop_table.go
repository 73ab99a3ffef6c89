package rules

import "github.com/safemig/safemig/dialect/change"

func dropTable() *Rule {
	return &Rule{
		ID: "drop-table", Family: DataLoss, Severity: Error, Recipe: "drop-table",
		Kinds: []change.Kind{change.KindDropTable},
		Doc: Doc{
			Title: "dropping a table loses its data and breaks the version of the application that still uses it",
			Why: "The rows cannot be brought back without a backup. On PostgreSQL the drop also takes ACCESS EXCLUSIVE on every table that its foreign keys point to, " +
				"and on the parent where it is a partition.",
			Instead: "Deploy a version that does not use the table; rename the table aside and wait for a while; then drop it.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-droptable.html"},
			Aliases: []string{"ban-drop-table", "DS102"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"DROP TABLE users;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE tmp_users (id bigint);\nDROP TABLE tmp_users;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.DropTable)
			if op.Temp || !p.OldTable() {
				return
			}
			p.Report("rename it aside first and drop it in a later file, when nothing has asked for it for a while",
				"dropping %s loses its rows, and breaks the running application if it still uses the table", p.Table())
		},
	}
}
