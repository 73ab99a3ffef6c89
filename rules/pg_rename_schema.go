package rules

import "github.com/safemig/safemig/dialect/change"

func renameSchema() *Rule {
	return &Rule{
		ID: "rename-schema", Family: Compatibility, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title:   "renaming a schema breaks the version of the application that is still running",
			Why:     "Every name qualified with the old schema, every search_path that holds it and every function body that names it fails from that moment on.",
			Instead: "Make the new schema, with views in it of the old one's tables; move readers and writers over; move the tables when nobody uses the old names.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-alterschema.html"},
			Aliases: []string{"rename_schema"},
			Bad:     []Example{{Files: []string{"ALTER SCHEMA billing RENAME TO invoicing;"}}},
			Good:    []Example{{Files: []string{"CREATE SCHEMA billing;\nALTER SCHEMA billing RENAME TO invoicing;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Object)
			if op.Class != "schema" || op.Verb != "rename" || anyOp(p.earlier(), isMade("schema", op.Name.Name)) {
				return
			}
			p.Report("make the new schema beside the old one, and move the application over", "renaming the schema %s breaks the running application, which still asks for %[1]s", op.Name.Name)
		},
	}
}

// isMade matches the making of an object that has no schema of its own.
func isMade(class, name string) func(change.Op) bool {
	return func(op change.Op) bool {
		o, ok := op.(*change.Object)
		return ok && o.Verb == "create" && o.Class == class && o.Name.Name == name
	}
}
