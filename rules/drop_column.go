package rules

import "github.com/safemig/safemig/dialect/change"

func dropColumn() *Rule {
	return &Rule{
		ID: "drop-column", Family: Compatibility, Severity: Error, Recipe: "drop-column",
		Kinds: []change.Kind{change.KindDropColumn},
		Doc: Doc{
			Title: "dropping a column breaks the version of the application that is still running, and loses its data",
			Why: "Every statement that names the column fails from that moment on; many ORMs name all columns in each SELECT and INSERT. " +
				"The data cannot be brought back without a backup.",
			Instead: "First deploy a version that neither reads nor writes the column (and drop its NOT NULL, or give it a default, so that INSERTs may leave it out); drop it when that version is the only one running.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DROP-COLUMN"},
			Aliases: []string{"ban-drop-column", "remove_column", "DS103"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint, nick text);", Files: []string{"ALTER TABLE users DROP COLUMN nick;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint, nick text);\nALTER TABLE users DROP COLUMN nick;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.DropColumn)
			if !p.OldTable() || p.State.NewColumnInFile(op.Table, op.Column) {
				return
			}
			p.Report("deploy a version that does not use "+op.Column+" first; drop it when no other version is running",
				"dropping %s.%s breaks the running application if it still uses the column, and its data is lost", p.Table(), op.Column)
		},
	}
}
