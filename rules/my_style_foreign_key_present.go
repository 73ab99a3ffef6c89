package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func foreignKeyPresent() *Rule {
	const before = "CREATE TABLE users (id int PRIMARY KEY);"
	return &Rule{
		ID: "foreign-key-present", Family: Style, Severity: Warning, Off: true, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindCreateTable, change.KindAddConstraint},
		Doc: Doc{
			Title: "a foreign key, which online tools cannot work around",
			Why: "gh-ost and spirit refuse tables with foreign keys, and pt-online-schema-change handles them at a risk. A change of the parent waits for the children's metadata locks, each write of a child locks its parent's row, " +
				"and rows that a cascade deletes reach neither triggers nor, on MySQL, the binary log of row changes. For projects that have decided against them.",
			Instead: "Keep to the rule in the application, and look for rows without a parent by a job.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html",
				"https://github.com/github/gh-ost/blob/master/doc/requirements-and-limitations.md",
			},
			Aliases: []string{"has_foreign_key", "foreignkey", "has-fk", "TABLE_NO_FOREIGN_KEY", "ER_FOREIGN_KEY", "KEY.003"},
			Bad: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"CREATE TABLE orders (id int PRIMARY KEY, user_id int, FOREIGN KEY (user_id) REFERENCES users (id));"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{"CREATE TABLE orders (id int PRIMARY KEY, user_id int, KEY by_user (user_id));"}}},
		},
		Op: func(p *Pass) {
			var list []change.Constraint
			switch op := p.Op.(type) {
			case *change.CreateTable:
				list = slices.Clone(op.Constraints)
			case *change.AddConstraint:
				list = []change.Constraint{op.Constraint}
			}
			for i := range list {
				if list[i].Kind == change.ForeignKey {
					p.ReportAs(Warning, list[i].Span, "keep to it in the application", "%s has a foreign key: gh-ost and spirit cannot change such a table", p.Table())
				}
			}
		},
	}
}
