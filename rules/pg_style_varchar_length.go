package rules

import "github.com/safemig/safemig/dialect/change"

func varcharLength() *Rule {
	return &Rule{
		ID: "varchar-length", Family: Style, Severity: Warning, Dialects: []string{"postgres"}, Off: true, Kinds: columnKinds(),
		Doc: Doc{
			Title:   "varchar(n) or char(n) where text would do",
			Why:     "text is stored in the same way and is as fast. A length in the type makes INSERTs fail on the day it proves too short, and char(n) pads with blanks; a CHECK says the same and can be changed without ACCESS EXCLUSIVE being held over a scan.",
			Instead: "text, with CHECK (length(c) <= n) where there must be a limit.",
			Refs:    []string{"https://www.postgresql.org/docs/current/datatype-character.html", "https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_varchar.28n.29_by_default"},
			Aliases: []string{"prefer-text-field", "ban-char-field", "preferTextField", "banCharField"},
			Bad:     []Example{{Files: []string{"CREATE TABLE users (id bigint PRIMARY KEY, name varchar(40));"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint PRIMARY KEY, name text);"}}},
		},
		Op: func(p *Pass) {
			everyNewColumn(p, func(c *change.Column) {
				if c.Type.Name == "character varying" && len(c.Type.Args) > 0 || c.Type.Name == "character" {
					p.ReportAs(Warning, c.Span, "text, with a CHECK where there must be a limit", "%s is %s: text would do", c.Name, p.Text(c.Type.Span))
				}
			})
		},
	}
}
