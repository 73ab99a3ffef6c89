package rules

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func dropIndexedColumn() *Rule {
	const before = "CREATE TABLE members (id int PRIMARY KEY, club int NOT NULL, year int NOT NULL, UNIQUE KEY once (club, year));"
	return &Rule{
		ID: "drop-indexed-column", Family: Compatibility, Severity: Warning, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindDropColumn},
		Doc: Doc{
			Title: "a dropped column is part of an index over several",
			Why: "MySQL takes the column out of the index and builds what is left: a unique key over the rest, which rows that were different so far break (error 1062), and which refuses INSERTs that it used to allow. " +
				"MariaDB refuses to drop a column of a unique key or primary key over several (error 1072). Another index goes on with the columns that are left, and may serve no query any more.",
			Instead: "Drop the index first, or make the one that is wanted instead, in a step of its own; then drop the column.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-add-drop-column",
				"https://mariadb.com/kb/en/alter-table/#drop-column",
			},
			Aliases: []string{"COLUMN_DISALLOW_DROP_IN_INDEX", "ER_CANT_DROP_INDEX_COLUMN"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE members DROP COLUMN year;"}}},
			Good:    []Example{{Version: "8.0.36", Files: []string{before + "\nALTER TABLE members DROP COLUMN year;"}}},
		},
		Op: checkDropIndexedColumn,
	}
}

func checkDropIndexedColumn(p *Pass) {
	op := p.Op.(*change.DropColumn)
	if !p.OldTable() {
		return
	}
	for _, ix := range p.State.IndexesOf(op.Table) {
		if len(ix.Columns) < 2 || !hasName(ix.Columns, op.Column) || beside(p, func(o change.Op) bool { return dropsIndex(o, ix) }) {
			continue
		}
		reportShrunk(p, op, ix)
	}
}

func reportShrunk(p *Pass, op *change.DropColumn, ix *schema.Index) {
	const help = "drop or replace the index in a step of its own first"
	switch {
	case ix.Unique && p.Target.Dialect == "mariadb":
		p.ReportAs(Error, op.Span, help, "%s refuses to drop %s.%s: unique key %s is over several columns (error 1072)", server(p), p.Table(), op.Column, ix.Name)
	case ix.Unique:
		p.ReportAs(Error, op.Span, help, "unique key %s of %s goes on without %s: rows that differ only in it are duplicates, and refused", ix.Name, p.Table(), op.Column)
	default:
		p.Report(help, "index %s of %s goes on without %s, and may serve no query any more", ix.Name, p.Table(), op.Column)
	}
}

func dropsIndex(op change.Op, ix *schema.Index) bool {
	switch op := op.(type) {
	case *change.DropIndex:
		return hasName([]string{op.Index.Name}, ix.Name)
	case *change.DropConstraint:
		return hasName([]string{op.Name}, ix.Name) || op.ConstraintKind == change.PrimaryKey && ix.Name == "PRIMARY"
	case *change.DropColumn:
		return len(ix.Columns) == 1
	}
	return false
}
