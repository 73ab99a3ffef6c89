package rules

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func autoIncrementTooSmall() *Rule {
	return &Rule{
		ID: "auto-increment-too-small", Family: Style, Severity: Warning, Off: true, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindCreateTable, change.KindAddColumn},
		Doc: Doc{
			Title:   "an AUTO_INCREMENT column of a small integer type runs full",
			Why:     "INT ends at 2147483647, and rows that failed, were rolled back or deleted count as well. From then on every INSERT fails, and the way out is a copy of the table and of every table that refers to it.",
			Instead: "BIGINT UNSIGNED, and the same in the columns that refer to it.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/example-auto-increment.html",
				"https://mariadb.com/kb/en/auto_increment/",
			},
			Aliases: []string{"auto_inc_capacity", "auto-inc", "pk-type", "INDEX_PK_TYPE_LIMIT", "ER_SET_DATA_TYPE_INT_BIGINT", "COL.003"},
			Bad:     []Example{{Version: "8.0.36", Files: []string{"CREATE TABLE visits (id int AUTO_INCREMENT PRIMARY KEY);"}}},
			Good:    []Example{{Version: "8.0.36", Files: []string{"CREATE TABLE visits (id bigint unsigned AUTO_INCREMENT PRIMARY KEY);"}}},
		},
		Op: func(p *Pass) {
			for _, c := range columnsMade(p.Op) {
				if bytes := schema.IntegerBytes(c.Type.Name); c.AutoIncrement && bytes > 0 && bytes < 8 {
					p.ReportAs(Warning, c.Span, "use BIGINT UNSIGNED", "%s is of type %s: once that is full, every INSERT fails", c.Name, typeText(c.Type))
				}
			}
		},
	}
}
