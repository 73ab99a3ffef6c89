package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func convertCharset() *Rule {
	const before = "CREATE TABLE posts (id int PRIMARY KEY, title varchar(100), body text) DEFAULT CHARSET=utf8mb3;"
	return &Rule{
		ID: "convert-charset", Family: Locking, Severity: Error, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindConvertCharset, change.KindModifyColumn}, Recipe: "online-copy",
		Doc: Doc{
			Title: "changing a character set or collation converts every row",
			Why: "The values are stored in another form or order, so that the table is copied while INSERT, UPDATE and DELETE wait. " +
				"CONVERT TO changes every column at once: TEXT may become MEDIUMTEXT, indexed columns may grow past the longest key, values that were unique may collide, " +
				"and joins with tables that are not converted yet cannot use their indexes.",
			Instead: "Convert a copy with gh-ost, pt-online-schema-change or spirit. From utf8mb3 to utf8mb4, MariaDB and MySQL 9 convert short VARCHAR columns without touching a row: " +
				"change such columns one by one with MODIFY and ALGORITHM=INPLACE. DEFAULT CHARACTER SET alone changes only later columns.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-character-set",
				"https://dev.mysql.com/doc/refman/8.4/en/charset-unicode-conversion.html",
			},
			Aliases: []string{"MY136", "TABLE_DISALLOW_SET_CHARSET", "COLUMN_DISALLOW_SET_CHARSET", "ALT.001"},
			Bad: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE posts CONVERT TO CHARACTER SET utf8mb4;"}},
				{Dialect: "mariadb", Version: "10.11", Before: before, Files: []string{"ALTER TABLE posts MODIFY title varchar(100) CHARACTER SET latin1;"}},
			},
			Good: []Example{{Dialect: "mariadb", Version: "10.11", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE posts MODIFY title varchar(100) CHARACTER SET utf8mb4;"}}},
		},
		Op: checkConvertCharset,
	}
}

// convertsCharset says whether an effect is a copy for the sake of a character
// set or collation.
func convertsCharset(e change.Effect) bool {
	return e.Algorithm == change.Copy && (strings.HasPrefix(e.Fact, "convert-charset") ||
		strings.HasPrefix(e.Fact, "modify-column-charset") || strings.HasPrefix(e.Fact, "modify-column-collation"))
}

func checkConvertCharset(p *Pass) {
	e, ok := clauseEffect(p)
	if !ok || !convertsCharset(e) {
		return
	}
	help := "convert the table with " + onlineTools(p) + ", or column by column where the server need not copy"
	if !e.Blocks.Has(change.Writes) {
		p.ReportAs(Warning, p.Op.Head().Span, help, "%s makes %s copy %s while writes go on: %s", clauseText(p, p.Op), server(p), p.Table(), e.Why)
		return
	}
	p.Report(help, "%s makes %s copy %s, and INSERT, UPDATE and DELETE wait until it is done: %s", clauseText(p, p.Op), server(p), p.Table(), e.Why)
}
