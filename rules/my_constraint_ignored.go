package rules

import "github.com/safemig/safemig/dialect/change"

func constraintIgnored() *Rule {
	const before = "CREATE TABLE users (id int PRIMARY KEY);"
	return &Rule{
		ID: "constraint-ignored", Family: Compatibility, Severity: Warning, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindCreateTable, change.KindAddColumn, change.KindModifyColumn, change.KindAddConstraint},
		Doc: Doc{
			Title: "the server reads the constraint and forgets it",
			Why: "MySQL before 9.0 ignores REFERENCES behind a column, and before 8.0.16 every CHECK. There is no error and no warning: the table looks as if it were guarded, and rows without a parent get in. " +
				"MySQL 9 and MariaDB carry the same text out, so that it copies the table there.",
			Instead: "Write FOREIGN KEY (user_id) REFERENCES users (id) as a clause of its own: all servers honour that. Before 8.0.16 check values in the application.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/ansi-diff-foreign-keys.html",
				"https://dev.mysql.com/doc/relnotes/mysql/9.0/en/news-9-0-0.html",
				"https://dev.mysql.com/doc/refman/8.0/en/create-table-check-constraints.html",
			},
			Aliases: []string{"MY102"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users (id));"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"SET SESSION lock_wait_timeout = 5;\nCREATE TABLE orders (id int PRIMARY KEY, user_id int, FOREIGN KEY (user_id) REFERENCES users (id));"}}},
		},
		Op: checkConstraintIgnored,
	}
}

func checkConstraintIgnored(p *Pass) {
	switch op := p.Op.(type) {
	case *change.CreateTable:
		for i := range op.Columns {
			columnIgnored(p, &op.Columns[i])
		}
		for i := range op.Constraints {
			checkIgnored(p, &op.Constraints[i])
		}
	case *change.AddColumn:
		columnIgnored(p, &op.Column)
	case *change.ModifyColumn:
		columnIgnored(p, &op.Column)
	case *change.AddConstraint:
		checkIgnored(p, &op.Constraint)
	}
}

func columnIgnored(p *Pass, c *change.Column) {
	for i := range c.Constraints {
		k := &c.Constraints[i]
		if k.Kind == change.ForeignKey && !p.Facts.Has(p.Target, "inline-references") {
			p.ReportAs(ignoredSeverity(p), k.Span, "write FOREIGN KEY ("+c.Name+") REFERENCES .. as a clause of its own",
				"%s ignores REFERENCES behind a column: %s gets no foreign key", server(p), c.Name)
			continue
		}
		checkIgnored(p, k)
	}
}

func checkIgnored(p *Pass, k *change.Constraint) {
	if k.Kind == change.Check && !p.Facts.Has(p.Target, "check-constraints") {
		p.ReportAs(ignoredSeverity(p), k.Span, "check the values in the application", "%s ignores CHECK: nothing is checked", server(p))
	}
}

// ignoredSeverity: on a version that nobody named it is a note.
func ignoredSeverity(p *Pass) Severity {
	if p.Target.Assumed {
		return Info
	}
	return Warning
}
