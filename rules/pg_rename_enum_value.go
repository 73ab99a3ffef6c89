package rules

import "github.com/safemig/safemig/dialect/change"

func renameEnumValue() *Rule {
	return &Rule{
		ID: "rename-enum-value", Family: Compatibility, Severity: Error, Dialects: []string{"postgres"}, Recipe: "enum-value",
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title:   "renaming an enum value breaks the version of the application that is still running",
			Why:     "Every statement that writes or compares the old value fails from that moment on (invalid input value for enum), and readers get a value that they do not know. Logical replication does not carry it over.",
			Instead: "ADD VALUE for the new one, deploy a version that knows both, rewrite the rows in batches, and leave the old value where it is.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertype.html"},
			Aliases: []string{"rename_enum_value"},
			Bad:     []Example{{Before: "CREATE TYPE mood AS ENUM ('happy', 'sad');", Files: []string{"ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';"}}},
			Good:    []Example{{Before: "CREATE TYPE mood AS ENUM ('happy', 'sad');", Files: []string{"ALTER TYPE mood ADD VALUE 'blue';"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Object)
			if op.Action != "rename value" || len(op.Values) != 2 || p.State.NewTypeInFile(op.Name) {
				return
			}
			p.Report("add '"+op.Values[1]+"' as a further value, and move the rows over when all running versions know it",
				"renaming the value '%s' of %s breaks the running application, which still writes and expects it", op.Values[0], p.Display(op.Name))
		},
	}
}
