package rules

import "github.com/safemig/safemig/dialect/change"

func dropNotNull() *Rule {
	return &Rule{
		ID: "drop-not-null", Family: Compatibility, Severity: Info, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindDropNotNull},
		Doc: Doc{
			Title:   "without NOT NULL readers may meet a NULL that they do not expect",
			Why:     "Code that never saw a NULL in the column may fail at the first one: a null pointer, a row that cannot be scanned. It is also the right step before a column is dropped, so it is a note.",
			Instead: "Deploy readers that take a NULL before anything writes one.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL"},
			Aliases: []string{"ban-drop-not-null"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint, email text NOT NULL);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN email DROP NOT NULL;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint, email text NOT NULL);\nALTER TABLE users ALTER COLUMN email DROP NOT NULL;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.DropNotNull)
			if !p.OldTable() || p.State.NewColumnInFile(op.Table, op.Column) || anyOp(p.later(), func(o change.Op) bool { return p.sameTable(o, op.Table) && dropsColumn(o, op.Column) }) {
				return
			}
			p.Report("deploy readers that take a NULL before anything writes one", "readers of %s.%s may meet a NULL from now on", p.Table(), op.Column)
		},
	}
}

func dropsColumn(o change.Op, column string) bool {
	d, ok := o.(*change.DropColumn)
	return ok && d.Column == column
}
