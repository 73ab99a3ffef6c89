package rules

import "github.com/safemig/safemig/dialect/change"

func dropSchema() *Rule {
	return &Rule{
		ID: "drop-schema", Family: DataLoss, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title:   "dropping a schema breaks whoever names it, and with CASCADE loses all that is in it",
			Why:     "With CASCADE every table, view, function and type of the schema goes, with all rows. Without it the drop fails unless the schema is empty, but statements and search_paths that name it break all the same.",
			Instead: "Drop its tables one by one, each after a version that does not use it is deployed; then DROP SCHEMA without CASCADE.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-dropschema.html"},
			Aliases: []string{"DS101", "banDropSchema"},
			Bad:     []Example{{Files: []string{"DROP SCHEMA billing CASCADE;"}}},
			Good:    []Example{{Files: []string{"CREATE SCHEMA scratch;\nDROP SCHEMA scratch;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Object)
			if op.Class != "schema" || op.Verb != "drop" || anyOp(p.earlier(), isMade("schema", op.Name.Name)) {
				return
			}
			const help = "drop what is in it by name first, then the empty schema, in a later file"
			if op.Cascade {
				p.Report(help, "DROP SCHEMA %s CASCADE loses every table in it, with all rows", op.Name.Name)
				return
			}
			p.ReportAs(Warning, op.Span, "make sure that no running version and no search_path names it", "dropping the schema %s breaks whoever still names it", op.Name.Name)
		},
	}
}
