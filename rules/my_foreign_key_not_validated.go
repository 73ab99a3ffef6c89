package rules

import "github.com/safemig/safemig/dialect/change"

func foreignKeyNotValidated() *Rule {
	const before = "CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE orders (id int PRIMARY KEY, user_id int);"
	return &Rule{
		ID: "foreign-key-not-validated", Family: DataLoss, Severity: Warning, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindAddConstraint, change.KindAddColumn},
		Doc: Doc{
			Title: "a foreign key is added while foreign_key_checks is off",
			Why: "The rows that are there are not looked at, now or ever: nothing validates them when the variable is on again. Rows without a parent stay, joins lose them, " +
				"and an UPDATE of such a row fails one day. It is the one way to add a foreign key without a copy of the table, so that it may well be meant.",
			Instead: "Look for rows without a parent first (LEFT JOIN .. WHERE parent.id IS NULL), and again afterwards. Then add the key with ALGORITHM=INPLACE, LOCK=NONE: " +
				"that says that it is meant, and safemig only notes it. Else leave the checks on.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html#foreign-key-checks",
				"https://mariadb.com/kb/en/foreign-keys/",
			},
			Bad: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"SET foreign_key_checks = 0;\nALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id);\nSET foreign_key_checks = 1;"}}},
			Good: []Example{{Version: "8.0.36", Files: []string{before + "\nSET foreign_key_checks = 0;\nALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id);\nSET foreign_key_checks = 1;"}}},
		},
		Op: checkForeignKeyNotValidated,
	}
}

func checkForeignKeyNotValidated(p *Pass) {
	var columns []string
	switch op := p.Op.(type) {
	case *change.AddConstraint:
		if op.Constraint.Kind != change.ForeignKey {
			return
		}
		columns = op.Constraint.Columns
	case *change.AddColumn:
		if op.Column.Inline(change.ForeignKey) == nil || !p.Facts.Has(p.Target, "inline-references") {
			return
		}
		columns = []string{op.Column.Name}
	}
	if !p.OldTable() || !foreignKeysUnchecked(p) || onlyNull(p, columns) {
		return
	}
	const help = "look for rows without a parent before and after"
	if asksForOnline(p) {
		p.ReportAs(Info, p.Op.Head().Span, help, "foreign_key_checks is off: rows of %s without a parent are not found, now or later", p.Table())
		return
	}
	p.Report(help+"; ALGORITHM=INPLACE, LOCK=NONE says that it is meant",
		"foreign_key_checks is off: rows of %s without a parent are not found, now or later", p.Table())
}
