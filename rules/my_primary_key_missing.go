package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func primaryKeyMissing() *Rule {
	return &Rule{
		ID: "primary-key-missing", Family: Locking, Severity: Warning, AnySize: true, Dialects: mysqlDialects(),
		Doc: Doc{
			Title: "a new table without a primary key",
			Why: "Replicas find the row of each UPDATE and DELETE by a key; without any they scan the whole table for every row. Group replication and Galera refuse such tables, sql_require_primary_key makes the statement fail, " +
				"and neither gh-ost nor pt-online-schema-change nor a backfill in batches can work on it later. A unique key over NOT NULL columns does as well.",
			Instead: "Add a PRIMARY KEY, of a BIGINT UNSIGNED AUTO_INCREMENT where there is no natural one. On a table with rows that is a rebuild: now is the time.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_sql_require_primary_key",
				"https://dev.mysql.com/doc/refman/8.4/en/group-replication-requirements.html",
				"https://mariadb.com/kb/en/mariadb-galera-cluster-known-limitations/",
			},
			Aliases: []string{"primary_key", "pk", "TABLE_REQUIRE_PK", "ER_TABLE_MUST_HAVE_PK", "KEY.002"},
			Bad:     []Example{{Version: "8.0.36", Files: []string{"CREATE TABLE visits (user_id int NOT NULL, page int NOT NULL);"}}},
			Good: []Example{
				{Version: "8.0.36", Files: []string{"CREATE TABLE visits (user_id int NOT NULL, page int NOT NULL, PRIMARY KEY (user_id, page));"}},
				{Version: "8.0.36", Files: []string{"CREATE TABLE visits (user_id int NOT NULL, page int NOT NULL, UNIQUE KEY once (user_id, page));"}},
			},
		},
		File: checkPrimaryKeyMissing,
	}
}

// checkPrimaryKeyMissing looks at the tables as the file leaves them.
func checkPrimaryKeyMissing(p *Pass) {
	for _, d := range p.File.InFile {
		op, ok := d.Op.(*change.CreateTable)
		if !ok || op.Temp || len(op.Like) > 0 { // LIKE brings the keys along
			continue
		}
		t := p.State.Table(op.Table)
		if t == nil || !t.Complete || len(t.Columns) == 0 || !p.State.NewInFile(op.Table) || hasRowKey(p, t) {
			continue
		}
		p.Stmt = d.Stmt
		p.ReportAs(Warning, d.Stmt.Span, "add a PRIMARY KEY while the table is empty", "%s has no primary key: replicas scan it for every changed row", p.Display(t.Name))
		p.Stmt = nil
	}
}

// hasRowKey says whether a key tells each row of the table apart.
func hasRowKey(p *Pass, t *schema.Table) bool {
	if t.PrimaryKey() != nil {
		return true
	}
	return slices.ContainsFunc(p.State.IndexesOf(t.Name), func(ix *schema.Index) bool {
		return ix.Unique && !ix.Exprs && len(ix.Columns) > 0 && !slices.ContainsFunc(ix.Columns, func(n string) bool {
			c := t.Column(n)
			return c == nil || !c.NotNull
		})
	})
}
