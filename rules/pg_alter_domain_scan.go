package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func alterDomainScan() *Rule {
	return &Rule{
		ID: "alter-domain-scan", Family: Locking, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title: "a new or validated constraint of a domain blocks writes to every table that has a column of it",
			Why: "ALTER DOMAIN .. ADD CONSTRAINT, SET NOT NULL and VALIDATE CONSTRAINT read every row of every table with a column of the domain. Until they are done they hold a lock that keeps writes of all those tables waiting: " +
				"unlike a table's, a domain's VALIDATE CONSTRAINT is not the gentle step either.",
			Instead: "A CHECK on each table instead, NOT VALID and then VALIDATE CONSTRAINT. Where the domain must have it: ADD CONSTRAINT .. NOT VALID reads nothing and holds for new values.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-alterdomain.html"},
			Aliases: []string{"ban-alter-domain-with-add-constraint", "ban-create-domain-with-constraint"},
			Bad:     []Example{{Before: "CREATE DOMAIN email AS text;\nCREATE TABLE users (id bigint, mail email);", Files: []string{"ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%');"}}},
			Good:    []Example{{Before: "CREATE DOMAIN email AS text;\nCREATE TABLE users (id bigint, mail email);", Files: []string{"ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID;"}}},
		},
		Op: checkAlterDomain,
	}
}

func checkAlterDomain(p *Pass) {
	op := p.Op.(*change.Object)
	if op.Class != "domain" || op.Verb != "alter" {
		return
	}
	var tables []string
	for _, e := range p.Effects() {
		if e.Work.Grows() && e.Blocks.Has(change.Writes) && p.Old(e.Table) {
			tables = append(tables, p.Display(e.Table))
		}
	}
	if len(tables) == 0 {
		return
	}
	p.Report("use a CHECK on each table, NOT VALID and then validated, in place of the domain's",
		"ALTER DOMAIN %s blocks writes to %s until every row is checked", p.Display(op.Name), strings.Join(tables, ", "))
}
