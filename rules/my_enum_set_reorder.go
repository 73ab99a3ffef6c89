package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func enumSetReorder() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, state enum('new','paid') NOT NULL);"
	return &Rule{
		ID: "enum-set-reorder", Family: Compatibility, Severity: Warning, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindModifyColumn}, Recipe: "online-copy",
		Doc: Doc{
			Title: "the values of an ENUM or SET get other numbers",
			Why: "A value put anywhere but at the end moves those behind it. Each has a number by its place: ORDER BY sorts by it, comparisons with numbers and sums use it, " +
				"and so does an application that writes numbers. Every row is stored anew, by a copy without writes, where a value at the end is INSTANT.",
			Instead: "Append new values at the end, whatever the order in which people should see them: sort by a column or a CASE of your own.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/enum.html#enum-indexes",
				"https://mariadb.com/kb/en/set-data-type/",
			},
			Aliases: []string{"MY112", "MY113", "MY122", "MY123", "enumreorder", "setreorder"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders MODIFY state enum('draft','new','paid') NOT NULL;"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders MODIFY state enum('new','paid','draft') NOT NULL, ALGORITHM=INSTANT;"}}},
		},
		Op: checkEnumSetReorder,
	}
}

func checkEnumSetReorder(p *Pass) {
	op, old, ok := memberChange(p)
	if !ok {
		return
	}
	now := op.Column.Type.Args
	for i, m := range old {
		at := slices.IndexFunc(now, func(n string) bool { return strings.EqualFold(n, m) })
		if at >= 0 && at != i {
			p.Report("append new values at the end", "'%s' of %s.%s was number %d and becomes number %d: sorting and comparing by number change",
				m, p.Table(), op.From, i+1, at+1)
			return
		}
	}
}

// memberChange is a MODIFY of an ENUM or SET that was there before, with the
// members it had.
func memberChange(p *Pass) (*change.ModifyColumn, []string, bool) {
	op := p.Op.(*change.ModifyColumn)
	old := oldColumn(p, op.Table, op.From)
	if old == nil || old.Type().Name != op.Column.Type.Name || old.Type().Name != "enum" && old.Type().Name != "set" {
		return op, nil, false
	}
	return op, old.Type().Args, true
}
