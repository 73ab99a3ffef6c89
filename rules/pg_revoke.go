package rules

import "github.com/safemig/safemig/dialect/change"

func revoke() *Rule {
	return &Rule{
		ID: "revoke", Family: Compatibility, Severity: Info, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title:   "REVOKE takes a right away that the running application may be using",
			Why:     "Every statement that needs the right fails from that moment on. Silent for default privileges, which concern objects to come, and where the same file created the object.",
			Instead: "Make sure that no running version connects as that role, or as a member of it, for what is revoked.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-revoke.html"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"REVOKE UPDATE ON users FROM app;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint);\nREVOKE ALL ON users FROM public;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Object)
			if op.Class != "grant" || op.Verb != "revoke" || op.Action == "default privileges" {
				return
			}
			if !op.Table.IsZero() && !p.OldTable() || p.madeHere(op.Name, op.Action) || anyOp(p.earlier(), isMade(op.Action, op.Name.Name)) || !p.onceFor(op.Name.String()) {
				return
			}
			p.Report("make sure that no running version needs the right", "REVOKE makes statements fail that still need the right")
		},
	}
}
