package rules

import (
	"github.com/safemig/safemig/dialect/change"
)

func modifyToNotNull() *Rule {
	const before = "CREATE TABLE users (id int PRIMARY KEY, plan varchar(20));"
	return &Rule{
		ID: "modify-to-not-null", Family: Compatibility, Severity: Warning, Dialects: mysqlDialects(), Recipe: "fill-not-null",
		Kinds: []change.Kind{change.KindModifyColumn},
		Doc: Doc{
			Title: "MODIFY or CHANGE makes a column NOT NULL",
			Why: "INSERTs of the running application that leave the column out or write NULL fail from then on. One NULL among the rows makes the statement fail in strict mode, after the rebuild has begun; " +
				"without strict mode every NULL silently becomes 0 or the empty text.",
			Instead: "Deploy a version that always writes the column, fill the rows in batches, look that no NULL is left; then MODIFY with ALGORITHM=INPLACE, LOCK=NONE, which says that this is done. Keep sql_mode strict.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations",
				"https://mariadb.com/kb/en/alter-table/#modify-column",
			},
			Aliases: []string{"MF104", "change_column_null_mysql", "COLUMN_NO_NULL"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE users MODIFY plan varchar(20) NOT NULL;"}}},
			Good:    []Example{{Version: "8.0.36", Files: []string{before + "\nALTER TABLE users MODIFY plan varchar(20) NOT NULL;"}}},
		},
		Op: checkModifyToNotNull,
	}
}

func checkModifyToNotNull(p *Pass) {
	op := p.Op.(*change.ModifyColumn)
	old := oldColumn(p, op.Table, op.From)
	if old == nil || old.NotNull || !op.Column.NotNull || old.Generated || inKey(p, op) || wasNotNull(p, op) {
		return
	}
	switch {
	case looseMode(p):
		p.ReportAs(Error, op.Span, "leave sql_mode strict, and fill the rows in batches first",
			"every NULL in %s.%s silently becomes 0 or an empty text, because sql_mode is not strict", p.Table(), op.From)
	case asksForOnline(p):
	case op.Column.Default != nil && !op.Column.Default.Null:
		p.Report("fill the rows in batches first, and deploy a version that writes no NULL",
			"a NULL in %s.%s makes the statement fail (a default does not fill it), and so does a NULL that the running application writes", p.Table(), op.From)
	default:
		p.Report("deploy a version that always writes it, and fill the rows in batches first",
			"a NULL in %s.%s makes the statement fail, and after it the INSERTs of the running application that leave the column out", p.Table(), op.From)
	}
}

// wasNotNull: an earlier statement of the file took NOT NULL away, and this one
// brings it back. No version of the application has written a NULL.
func wasNotNull(p *Pass, op *change.ModifyColumn) bool {
	return p.File.before.notNull[columnKey(p.State.Resolve(op.Table), op.From)]
}

// inKey: a column of the primary key holds no NULL whatever its definition says.
func inKey(p *Pass, op *change.ModifyColumn) bool {
	pk := p.State.Table(op.Table).PrimaryKey()
	return pk != nil && hasName(pk.Columns, op.From)
}
