package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func renameObject() *Rule {
	return &Rule{
		ID: "rename-object", Family: Compatibility, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title: "renaming a view, function, sequence or type, or moving it to another schema, breaks the version of the application that is still running",
			Why: "Every statement, cast or function body that names it fails from that moment on, and until then every one that uses the new name. " +
				"Silent where the same file makes another of the old name.",
			Instead: "Make the new one beside the old, move the application over, drop the old one when nobody uses it any more.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-alterview.html", "https://www.postgresql.org/docs/current/sql-altertype.html"},
			Bad:     []Example{{Before: "CREATE VIEW active AS SELECT 1 AS n;", Files: []string{"SET lock_timeout = '2s';\nALTER VIEW active RENAME TO active_users;"}}},
			Good:    []Example{{Before: "CREATE VIEW active AS SELECT 1 AS n;", Files: []string{"CREATE VIEW active_users AS SELECT 1 AS n;"}}},
		},
		Op: checkRenameObject,
	}
}

// namedByClients are the objects whose names stand in an application's statements.
func namedByClients() []string {
	return []string{"view", "materialized view", "function", "procedure", "aggregate", "routine", "sequence", "type", "enum", "domain"}
}

func checkRenameObject(p *Pass) {
	op := p.Op.(*change.Object)
	renames := op.Verb == "rename" || op.Verb == "alter" && op.Action == "set schema"
	if !renames || op.To == "" || !slices.Contains(namedByClients(), op.Class) {
		return
	}
	if p.State.NewInFile(op.Name) || p.State.NewTypeInFile(op.Name) || p.madeHere(op.Name, namedByClients()...) || p.replacedLater(op.Name, namedByClients()...) {
		return
	}
	p.Report("make "+op.To+" beside it and drop the old one when nobody uses it", "renaming the %s %s breaks the running application if it names it", op.Class, p.Display(op.Name))
}
