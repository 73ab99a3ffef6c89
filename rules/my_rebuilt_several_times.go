package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func rebuiltSeveralTimes() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, amount int NOT NULL, total int);"
	return &Rule{
		ID: "rebuilt-several-times", Family: Locking, Severity: Warning, Dialects: mysqlDialects(), Recipe: "one-rebuild",
		Doc: Doc{
			Title:   "one file rebuilds or copies the same table more than once",
			Why:     "Every ALTER TABLE that rebuilds writes all rows and all indexes again, and so does each replica after it. Two statements take twice the time, where one with both clauses writes the rows once.",
			Instead: "Put all that rebuilds or copies into one ALTER TABLE. Keep what is INSTANT out of it, in a statement of its own.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/alter-table.html",
				"https://mariadb.com/kb/en/alter-table/",
			},
			Aliases: []string{"multiple_alter_table", "STATEMENT_MERGE_ALTER_TABLE", "ER_ALTER_TABLE_ONCE", "ALT.002"},
			Bad: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"ALTER TABLE orders MODIFY amount bigint NOT NULL;\nALTER TABLE orders MODIFY total bigint;"}}},
			Good: []Example{{Version: "8.0.36", Files: []string{before + "\nALTER TABLE orders MODIFY amount bigint NOT NULL;\nALTER TABLE orders MODIFY total bigint;"}}},
		},
		Stmt: checkRebuiltSeveralTimes,
	}
}

func checkRebuiltSeveralTimes(p *Pass) {
	for _, e := range p.Result.Effects {
		key := p.rule.ID + " " + e.Table.String()
		if e.Work != change.Rewrite || !p.Old(e.Table) || p.emptied(e.Table) || p.File.Reported[key] || !rebuiltBefore(p, e.Table) {
			continue
		}
		p.File.Reported[key] = true
		p.ReportAs(Warning, p.Stmt.Span, "one ALTER TABLE for all that rebuilds or copies",
			"the file has rebuilt %s before: this writes all its rows once more", p.Display(e.Table))
	}
}

// rebuiltBefore says whether an earlier statement of the file rebuilt the table
// that could be one with this: no rows of it are changed in between, and no
// column has its definition changed by both.
func rebuiltBefore(p *Pass, table change.Name) bool {
	rebuilt := false
	for _, d := range p.File.InFile {
		own := p.State.Resolve(d.Op.Head().Table) == table
		switch {
		case movesPartitions(p.Stmt), own && d.Stmt != p.Stmt && (changesRows(d.Op) || definesAgain(d.Op, p.Stmt)):
			rebuilt = false
		case d.Stmt != p.Stmt && !movesPartitions(d.Stmt) &&
			slices.ContainsFunc(d.Effects, func(e change.Effect) bool { return e.Table == table && e.Work == change.Rewrite }):
			rebuilt = true
		}
	}
	return rebuilt
}

// definesAgain says whether the statement changes a column that the change
// before it has changed.
func definesAgain(before change.Op, stmt *change.Stmt) bool {
	column := definedColumn(before)
	return column != "" && slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		m, ok := op.(*change.ModifyColumn)
		return ok && hasName([]string{column}, m.From)
	})
}

func definedColumn(op change.Op) string {
	switch op := op.(type) {
	case *change.ModifyColumn:
		return op.Column.Name
	case *change.AddColumn:
		return op.Column.Name
	}
	return ""
}

// movesPartitions: such a change cannot stand beside others.
func movesPartitions(stmt *change.Stmt) bool {
	return slices.ContainsFunc(stmt.Ops, func(op change.Op) bool { return op.Kind() == change.KindPartitionOp })
}
