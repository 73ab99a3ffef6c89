package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func renameColumn() *Rule {
	return &Rule{
		ID: "rename-column", Family: Compatibility, Severity: Error, Recipe: "rename-column",
		Kinds: []change.Kind{change.KindRenameColumn, change.KindModifyColumn},
		Doc: Doc{
			Title: "renaming a column breaks the version of the application that is still running",
			Why: "From the moment of the rename every statement that names the old column fails, and until then every statement that names the new one. " +
				"No order of deploy and migration avoids it.",
			Instead: "Add the new column, keep both in step with a trigger, fill it in batches, move readers and writers over, then drop the old one.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html", "https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-redefine-column"},
			Aliases: []string{"renaming-column", "rename_column", "BC102"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint, mail text);", Files: []string{"ALTER TABLE users RENAME COLUMN mail TO email;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint, mail text);\nALTER TABLE users RENAME COLUMN mail TO email;"}}},
		},
		Op: checkRenameColumn,
	}
}

func checkRenameColumn(p *Pass) {
	var from, to string
	switch op := p.Op.(type) {
	case *change.RenameColumn:
		from, to = op.From, op.To
	case *change.ModifyColumn:
		from, to = op.From, op.Column.Name
		if strings.EqualFold(from, to) {
			return
		}
	}
	table := p.Op.Head().Table
	if !p.OldTable() || p.State.NewColumnInFile(table, from) || p.State.IsView(table) {
		return
	}
	p.Report("add "+to+" beside "+from+", keep both in step with a trigger, fill it in batches, then drop "+from,
		"renaming %s.%s to %s breaks the running application, which still asks for %s", p.Table(), from, to, from)
}
