package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func charsetUtf8mb3() *Rule {
	return &Rule{
		ID: "charset-utf8mb3", Family: Style, Severity: Warning, Off: true, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindCreateTable, change.KindAddColumn, change.KindTableOption, change.KindConvertCharset},
		Doc: Doc{
			Title: "new text in utf8mb3, which has no room for emoji and rare letters",
			Why: "utf8mb3, by its old name utf8, holds characters of up to three bytes. Anything else is refused in strict mode and cut off without it; joins with utf8mb4 columns convert each value, " +
				"and to change over later is a copy of the table. MySQL has deprecated it.",
			Instead: "CHARACTER SET utf8mb4.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/charset-unicode-utf8mb3.html",
				"https://mariadb.com/kb/en/unicode/",
			},
			Aliases: []string{"allow_charset", "charset", "SYSTEM_CHARSET_ALLOWLIST", "ER_TABLE_CHARSET_MUST_UTF8", "TBL.005"},
			Bad:     []Example{{Version: "8.0.36", Files: []string{"CREATE TABLE posts (id int PRIMARY KEY, body text) DEFAULT CHARSET=utf8;"}}},
			Good:    []Example{{Version: "8.0.36", Files: []string{"CREATE TABLE posts (id int PRIMARY KEY, body text) DEFAULT CHARSET=utf8mb4;"}}},
		},
		Op: func(p *Pass) {
			if what := utf8mb3In(p.Op); what != "" {
				p.ReportAs(Warning, p.Op.Head().Span, "CHARACTER SET utf8mb4", "%s in utf8mb3 has no room for characters of four bytes", what)
			}
		},
	}
}

// utf8mb3In is what of a change is in utf8mb3.
func utf8mb3In(op change.Op) string {
	switch op := op.(type) {
	case *change.CreateTable:
		if isUtf8mb3(op.Charset, op.Collation) {
			return "table " + op.Table.Name
		}
		for i := range op.Columns {
			if isUtf8mb3(op.Columns[i].Type.Charset, op.Columns[i].Type.Collation) {
				return "column " + op.Columns[i].Name
			}
		}
	case *change.AddColumn:
		if isUtf8mb3(op.Column.Type.Charset, op.Column.Type.Collation) {
			return "column " + op.Column.Name
		}
	case *change.TableOption:
		if op.Option == "charset" && isUtf8mb3(op.Value, "") {
			return "table " + op.Table.Name
		}
	case *change.ConvertCharset:
		if isUtf8mb3(op.Charset, op.Collation) {
			return "table " + op.Table.Name
		}
	}
	return ""
}

func isUtf8mb3(charset, collation string) bool {
	charset, collation = strings.ToLower(charset), strings.ToLower(collation)
	return charset == "utf8" || charset == "utf8mb3" ||
		charset == "" && (strings.HasPrefix(collation, "utf8_") || strings.HasPrefix(collation, "utf8mb3_"))
}
