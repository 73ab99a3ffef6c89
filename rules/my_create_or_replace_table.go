package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func createOrReplaceTable() *Rule {
	const before = "CREATE TABLE plans (id int PRIMARY KEY);"
	return &Rule{
		ID: "create-or-replace-table", Family: DataLoss, Severity: Error, Dialects: []string{"mariadb"},
		Kinds: []change.Kind{change.KindCreateTable},
		Doc: Doc{
			Title:   "CREATE OR REPLACE TABLE drops the table that is there",
			Why:     "It is DROP TABLE IF EXISTS and CREATE TABLE in one: all rows of the old table are lost, and so are its triggers and privileges on columns. An earlier migration made the table.",
			Instead: "CREATE TABLE IF NOT EXISTS, or ALTER TABLE for what should change. To start over on purpose: rename the old table aside first.",
			Refs:    []string{"https://mariadb.com/kb/en/create-table/#create-or-replace"},
			Bad:     []Example{{Version: "10.11", Before: before, Files: []string{"CREATE OR REPLACE TABLE plans (id bigint PRIMARY KEY);"}}},
			Good:    []Example{{Version: "10.11", Files: []string{"CREATE OR REPLACE TABLE plans (id bigint PRIMARY KEY);"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.CreateTable)
			if !op.OrReplace || op.Temp || p.State.Table(op.Table) == nil || !p.OldTable() || droppedInFile(p, op.Table) {
				return
			}
			p.ReportAs(Error, p.Stmt.Span, "rename the old table aside first, or ALTER it", "OR REPLACE drops %s, which an earlier migration made, with all its rows", p.Table())
		},
	}
}

func droppedInFile(p *Pass, table change.Name) bool {
	table = p.State.Resolve(table)
	return slices.ContainsFunc(p.File.InFile, func(d Done) bool {
		drop, ok := d.Op.(*change.DropTable)
		return ok && p.State.Resolve(drop.Table) == table
	})
}
