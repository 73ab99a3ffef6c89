package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

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
			if op.Temp || !p.OldTable() || clearsTheWay(p, op) {
				return
			}
			p.Report("rename it aside first and drop it in a later file, when nothing has asked for it for a while",
				"dropping %s loses its rows, and breaks the running application if it still uses the table", p.Table())
		},
	}
}

// clearsTheWay: DROP TABLE IF EXISTS before the CREATE TABLE of the same name,
// as dumps have it, of a table that no earlier file created.
func clearsTheWay(p *Pass, op *change.DropTable) bool {
	if !op.IfExists || p.State.Table(op.Table) != nil {
		return false
	}
	name := p.State.Resolve(op.Table)
	return slices.ContainsFunc(p.Script.Stmts, func(st *change.Stmt) bool {
		return st.Index > p.Stmt.Index && slices.ContainsFunc(st.Ops, func(o change.Op) bool {
			c, ok := o.(*change.CreateTable)
			return ok && p.State.Resolve(c.Table) == name
		})
	})
}
