package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func instantRowVersionLimit() *Rule {
	return &Rule{
		ID: "instant-row-version-limit", Family: Locking, Severity: Warning, Dialects: []string{"mysql"},
		Doc: Doc{
			Title: "a table has used up its INSTANT changes",
			Why: "Each statement that adds or drops columns INSTANT leaves one more version of the rows, and a table has room for 64 of them (255 from MySQL 9.1 on). Then the server rebuilds the table without a word, " +
				"or refuses ALGORITHM=INSTANT (error 4092). safemig counts the statements of the files that it reads; information_schema.INNODB_TABLES.TOTAL_ROW_VERSIONS has the truth.",
			Instead: "Rebuild the table in a quiet hour (OPTIMIZE TABLE, or ALTER TABLE .. FORCE), which sets the count to 0; or put columns that belong together into one ALTER TABLE, which counts once.",
			Refs:    []string{"https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations"},
			Bad:     []Example{{Version: "8.0.36", Before: instantColumns(rowVersions), Files: []string{"ALTER TABLE users ADD COLUMN nick varchar(50);"}}},
			Good:    []Example{{Version: "8.0.36", Before: instantColumns(3), Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE users ADD COLUMN nick varchar(50);"}}},
		},
		Stmt: checkRowVersionLimit,
	}
}

// The row versions that a table has room for, before and from MySQL 9.1.
const (
	rowVersions     = 64
	moreRowVersions = 255
)

// instantColumns is a table with a number of INSTANT changes behind it.
func instantColumns(n int) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE users (id int PRIMARY KEY);")
	for i := range n {
		fmt.Fprintf(&b, "\nALTER TABLE users ADD COLUMN c%d int;", i+1)
	}
	return b.String()
}

func checkRowVersionLimit(p *Pass) {
	if p.Op == nil || !p.Facts.Has(p.Target, "row-versions") || !makesRowVersion(p.Stmt, p.Result) {
		return
	}
	t := p.State.Table(p.Op.Head().Table)
	most := rowVersions
	if p.Facts.Has(p.Target, "more-row-versions") {
		most = moreRowVersions
	}
	if t == nil || t.RowVersions < most || !p.OldTable() {
		return
	}
	p.ReportAs(Warning, p.Stmt.Span, "rebuild the table in a quiet hour first (ALTER TABLE .. FORCE)",
		"%s has had %d INSTANT changes of columns since it was last rebuilt: %s rebuilds it for this one, or refuses ALGORITHM=INSTANT", p.Table(), t.RowVersions, server(p))
}

// makesRowVersion says whether the statement adds or drops stored columns INSTANT.
func makesRowVersion(stmt *change.Stmt, res fact.Result) bool {
	stored := slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		add, ok := op.(*change.AddColumn)
		return ok && (add.Column.Generated == nil || add.Column.Generated.Stored) || op.Kind() == change.KindDropColumn
	})
	return stored && len(res.Effects) > 0 && res.Effects[0].Algorithm == change.Instant && res.Effects[0].Work == change.Metadata
}

// countRowVersions keeps the count of INSTANT changes of columns, from before a
// statement is applied. What writes all rows again sets it back.
func (c *Checker) countRowVersions(stmt *change.Stmt) {
	if len(stmt.Ops) == 0 || !c.facts.Has(c.target, "row-versions") {
		return
	}
	t := c.state.Table(stmt.Ops[0].Head().Table)
	if t == nil {
		return
	}
	switch res := c.facts.Statement(stmt, c.state, c.target); {
	case makesRowVersion(stmt, res):
		t.RowVersions++
	case stmt.Ops[0].Kind() == change.KindTruncate, slices.ContainsFunc(res.Effects, func(e change.Effect) bool { return e.Work == change.Rewrite }):
		t.RowVersions = 0
	}
}
