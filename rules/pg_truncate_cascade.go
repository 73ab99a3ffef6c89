package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func truncateCascade() *Rule {
	return &Rule{
		ID: "truncate-cascade", Family: DataLoss, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindTruncate},
		Doc: Doc{
			Title:   "TRUNCATE .. CASCADE empties the tables that reference it as well, unnamed",
			Why:     "Every table with a foreign key to it loses all rows, and every table with a foreign key to those, whatever their ON DELETE says.",
			Instead: "Name every table that is to be emptied, without CASCADE: what was forgotten makes it fail instead of emptying it.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-truncate.html"},
			Aliases: []string{"ban-truncate-cascade"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"TRUNCATE users CASCADE;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint);\nTRUNCATE users;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Truncate)
			if !op.Cascade || !p.OldTable() {
				return
			}
			names := []string{}
			for _, n := range p.State.Referencing(op.Table) {
				names = append(names, p.Display(n))
			}
			known := ""
			if len(names) > 0 {
				known = ": " + strings.Join(names, ", ")
			}
			p.Report("name every table that is to be emptied, without CASCADE", "CASCADE empties the tables that reference %s as well%s", p.Table(), known)
		},
	}
}
