package rules

import "github.com/safemig/safemig/dialect/change"

func leftWithoutPrimaryKey() *Rule {
	const before = "CREATE TABLE visits (id bigint NOT NULL, page int NOT NULL, PRIMARY KEY (id));"
	return &Rule{
		ID: "left-without-primary-key", Family: Locking, Severity: Error, AnySize: true, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindDropConstraint},
		Doc: Doc{
			Title: "a table is left without its primary key",
			Why: "Replicas find the row of each UPDATE and DELETE by the primary key; without any they scan the whole table for every row, and fall behind for good. Group replication and Galera refuse such tables, " +
				"gh-ost and pt-online-schema-change cannot work on them, and sql_require_primary_key makes the statement fail. It is a copy without writes besides.",
			Instead: "DROP PRIMARY KEY and ADD PRIMARY KEY in one ALTER TABLE: that is a rebuild in place, and no moment without a key.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-primary-key-operations",
				"https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_sql_require_primary_key",
				"https://mariadb.com/kb/en/innodb-system-variables/#innodb_force_primary_key",
			},
			Aliases: []string{"MY133", "CD103", "ALT.004"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE visits DROP PRIMARY KEY;"}}},
			Good:    []Example{{Version: "8.0.36", Files: []string{before + "\nALTER TABLE visits DROP PRIMARY KEY, ADD PRIMARY KEY (id, page);"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.DropConstraint)
			if op.ConstraintKind != change.PrimaryKey || !p.OldTable() || beside(p, makesPrimaryKey) {
				return
			}
			if later(p, func(o change.Op) bool { return sameTable(p, o) && makesPrimaryKey(o) }) {
				p.ReportAs(Warning, op.Span, "DROP PRIMARY KEY and ADD PRIMARY KEY in one ALTER TABLE",
					"%s has no primary key until a later statement makes one: replicas scan it for every changed row meanwhile, and both statements write all its rows", p.Table())
				return
			}
			p.Report("DROP PRIMARY KEY and ADD PRIMARY KEY in one ALTER TABLE", "%s is left without a primary key: replicas scan it for every changed row", p.Table())
		},
	}
}

func makesPrimaryKey(op change.Op) bool {
	switch op := op.(type) {
	case *change.AddConstraint:
		return op.Constraint.Kind == change.PrimaryKey
	case *change.AddColumn:
		return op.Column.Inline(change.PrimaryKey) != nil
	case *change.ModifyColumn:
		return op.Column.Inline(change.PrimaryKey) != nil
	}
	return false
}
