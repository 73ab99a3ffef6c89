package rules

import "github.com/safemig/safemig/dialect/change"

func rowSecurityWithoutPolicy() *Rule {
	return &Rule{
		ID: "row-security-without-policy", Family: Compatibility, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindTableOption},
		Doc: Doc{
			Title:   "ENABLE ROW LEVEL SECURITY with no policy hides every row from all but the table's owner",
			Why:     "Where no policy lets rows through, queries of other roles see none and their writes fail. The owner is exempt until FORCE ROW LEVEL SECURITY.",
			Instead: "CREATE POLICY first, then ENABLE, in one transaction.",
			Refs:    []string{"https://www.postgresql.org/docs/current/ddl-rowsecurity.html"},
			Aliases: []string{"MP057"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint, tenant text);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users ENABLE ROW LEVEL SECURITY;"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint, tenant text);", Tx: true,
				Files: []string{"SET LOCAL lock_timeout = '2s';\nCREATE POLICY own ON users USING (tenant = current_user);\nALTER TABLE users ENABLE ROW LEVEL SECURITY;"}}},
		},
		Op: func(p *Pass) {
			op, ok := tableOptionIs(p, "row security")
			if !ok || op.Value != "enable" && op.Value != "force" || !p.OldTable() {
				return
			}
			policy := func(o change.Op) bool {
				c, ok := o.(*change.Object)
				return ok && c.Class == "policy" && c.Verb == "create" && p.sameTable(o, op.Table)
			}
			if t := p.State.Table(op.Table); t != nil && len(t.Policies) > 0 || anyOp(p.later(), policy) {
				return
			}
			p.Report("CREATE POLICY in the same transaction, before it", "unless %s has a policy already, all of its rows vanish for every role but its owner", p.Table())
		},
	}
}
