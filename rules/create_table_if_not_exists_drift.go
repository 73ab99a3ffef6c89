package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func createTableIfNotExistsDrift() *Rule {
	return &Rule{
		ID: "create-table-if-not-exists-drift", Family: Compatibility, Severity: Warning,
		Kinds: []change.Kind{change.KindCreateTable},
		Doc: Doc{
			Title:   "CREATE TABLE IF NOT EXISTS of a table that exists with other columns does nothing",
			Why:     "An earlier migration made a table of that name. The server skips the statement without an error, so columns that only this one has are missing afterwards, and the application that needs them fails.",
			Instead: "ALTER TABLE .. ADD COLUMN for what is new; or another name.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createtable.html", "https://dev.mysql.com/doc/refman/8.4/en/create-table.html"},
			Aliases: []string{"PGM403", "schema-drift"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"CREATE TABLE IF NOT EXISTS users (id bigint, email text);"}}},
			Good:    []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"CREATE TABLE IF NOT EXISTS users (id bigint);"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.CreateTable)
			t := p.State.Table(op.Table)
			if !op.IfNotExists || op.Temp || t == nil || !t.Complete || t.Temp {
				return
			}
			if missing := columnsMissing(t, op.Columns); len(missing) > 0 {
				p.Report("ALTER TABLE "+p.Table()+" ADD COLUMN for what is new", "%s exists already, without %s: the server skips this and adds nothing", p.Table(), strings.Join(missing, ", "))
			}
		},
	}
}

// columnsMissing are the columns that the table does not have.
func columnsMissing(t *schema.Table, columns []change.Column) []string {
	var out []string
	for i := range columns {
		if t.Column(columns[i].Name) == nil {
			out = append(out, columns[i].Name)
		}
	}
	return out
}
