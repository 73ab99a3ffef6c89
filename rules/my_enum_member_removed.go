package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func enumMemberRemoved() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, state enum('new','paid','sent') NOT NULL);"
	return &Rule{
		ID: "enum-member-removed", Family: Compatibility, Severity: Error, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindModifyColumn}, Recipe: "online-copy",
		Doc: Doc{
			Title: "an ENUM or SET loses a value",
			Why: "The running application's INSERTs and UPDATEs with that value fail. Rows that hold it make the ALTER fail in strict mode, after the copy has begun; " +
				"without strict mode they get the empty value ''. A value under a new name is a removed one, too.",
			Instead: "Deploy a version that does not write the value, change the rows that hold it in batches, and remove it from the type then. A value that nobody writes does no harm in the list.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/enum.html",
				"https://mariadb.com/kb/en/enum/",
			},
			Aliases: []string{"MY110", "MY111", "MY120", "MY121", "enumremoval", "setremoval"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders MODIFY state enum('new','paid') NOT NULL;"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders MODIFY state enum('new','paid','sent','back') NOT NULL, ALGORITHM=INSTANT;"}}},
		},
		Op: checkEnumMemberRemoved,
	}
}

func checkEnumMemberRemoved(p *Pass) {
	op, old, ok := memberChange(p)
	if !ok {
		return
	}
	var gone []string
	for _, m := range old { // most collations know no case: a value in other letters is still the same
		if !hasName(op.Column.Type.Args, m) {
			gone = append(gone, "'"+m+"'")
		}
	}
	if len(gone) == 0 {
		return
	}
	rows := "rows that hold it make the statement fail"
	if looseMode(p) {
		rows = "rows that hold it get '', because sql_mode is not strict"
	}
	p.Report("change the rows in batches and deploy a version that does not write it, then remove it",
		"%s.%s loses %s: the running application's writes of it fail, and %s", p.Table(), op.From, strings.Join(gone, ", "), rows)
}
