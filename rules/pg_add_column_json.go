package rules

import "github.com/safemig/safemig/dialect/change"

func addColumnJSON() *Rule {
	return &Rule{
		ID: "add-column-json", Family: Compatibility, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title:   "a json column breaks SELECT DISTINCT, UNION and GROUP BY over the table's rows",
			Why:     "The type json has no equality operator: a query of the running application that compares whole rows (SELECT DISTINCT t.*, as ORMs write it) fails as soon as the table has such a column.",
			Instead: "jsonb, which can be compared and indexed.",
			Refs:    []string{"https://www.postgresql.org/docs/current/datatype-json.html"},
			Aliases: []string{"E3", "add_column_json", "prefer-jsonb", "preferJsonb"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN settings json;"}}},
			Good:    []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN settings jsonb;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.AddColumn)
			if op.Column.Type.Name != "json" || !p.OldTable() {
				return
			}
			p.Report("use jsonb", "%s.%s of type json makes SELECT DISTINCT and UNION over rows of %[1]s fail", p.Table(), op.Column.Name)
		},
	}
}
