package rules

import "github.com/safemig/safemig/dialect/change"

func timestampEnds2038() *Rule {
	return &Rule{
		ID: "timestamp-ends-2038", Family: Style, Severity: Warning, Off: true, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindCreateTable, change.KindAddColumn},
		Doc: Doc{
			Title: "a TIMESTAMP holds no time after 19 January 2038",
			Why: "TIMESTAMP counts seconds in 32 bits. Dates of expiry, contracts and births beyond 2038 or before 1970 do not fit already today, and to change the type later is a copy of the table. " +
				"MariaDB 11.5 and later reach to 2106 on 64-bit systems.",
			Instead: "DATETIME, with UTC by agreement.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/datetime.html",
				"https://mariadb.com/kb/en/timestamp/",
			},
			Aliases: []string{"has_timestamp", "has-time"},
			Bad:     []Example{{Version: "8.0.36", Files: []string{"CREATE TABLE deals (id int PRIMARY KEY, ends timestamp NULL);"}}},
			Good:    []Example{{Version: "8.0.36", Files: []string{"CREATE TABLE deals (id int PRIMARY KEY, ends datetime);"}}},
		},
		Op: func(p *Pass) {
			if p.Facts.Has(p.Target, "timestamp-to-2106") {
				return
			}
			for _, c := range columnsMade(p.Op) {
				if c.Type.Name == "timestamp" {
					p.ReportAs(Warning, c.Span, "use DATETIME", "%s is a TIMESTAMP, which ends in 2038", c.Name)
				}
			}
		},
	}
}

func columnsMade(op change.Op) []change.Column {
	switch op := op.(type) {
	case *change.CreateTable:
		return op.Columns
	case *change.AddColumn:
		return []change.Column{op.Column}
	}
	return nil
}
