package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func renameTable() *Rule {
	return &Rule{
		ID: "rename-table", Family: Compatibility, Severity: Error, Recipe: "rename-table",
		Kinds: []change.Kind{change.KindRenameTable},
		Doc: Doc{
			Title: "renaming a table breaks the version of the application that is still running",
			Why:   "From the moment of the rename (or of SET SCHEMA) every statement that names the old table fails.",
			Instead: "Rename it and, in the same transaction, create a view of the old name, which the old version reads and writes; drop the view when nobody uses it any more. " +
				"Safemig is silent where the same file does that. On MySQL and MariaDB put both tables into one RENAME TABLE, or keep the old name.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS", "https://dev.mysql.com/doc/refman/8.4/en/rename-table.html"},
			Aliases: []string{"renaming-table", "rename_table", "BC101", "set-schema"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"ALTER TABLE users RENAME TO accounts;"}}},
			Good: []Example{
				{Before: "CREATE TABLE users (id bigint);", Tx: true, Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE users RENAME TO accounts;\nCREATE VIEW users AS SELECT * FROM accounts;"}},
				{Files: []string{"CREATE TABLE users (id bigint);\nALTER TABLE users RENAME TO accounts;"}},
			},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.RenameTable)
			if !p.OldTable() || p.State.IsView(op.Table) || viewTakesName(p, op.Table) {
				return
			}
			p.Report("create a view named "+p.Table()+" in the same transaction, and drop it when nobody uses it any more",
				"renaming %s to %s breaks the running application, which still asks for %s", p.Table(), p.Display(op.To), p.Table())
		},
	}
}

// viewTakesName: a later statement of the file gives the old name to a view.
func viewTakesName(p *Pass, n change.Name) bool {
	n = p.State.Resolve(n)
	return slices.ContainsFunc(p.Script.Stmts, func(st *change.Stmt) bool {
		return st.Index > p.Stmt.Index && slices.ContainsFunc(st.Ops, func(op change.Op) bool {
			v, ok := op.(*change.Object)
			return ok && v.Class == "view" && v.Verb == "create" && p.State.Resolve(v.Name) == n
		})
	})
}
