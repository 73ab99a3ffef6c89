package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func dropDefaultOnRequiredColumn() *Rule {
	return &Rule{
		ID: "drop-default-on-required-column", Family: Compatibility, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindColumnDefault},
		Doc: Doc{
			Title: "dropping the default of a NOT NULL column breaks INSERTs that leave the column out",
			Why: "The version of the application that is still running relies on the default, or does not even know the column: its INSERTs fail from that moment on. " +
				"Adding a NOT NULL column with a default and dropping the default at once, as Django and others do, is no better than adding it without one.",
			Instead: "Keep the default until every running version writes the column; drop it then, or never.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-DEFAULT"},
			Bad: []Example{{Before: "CREATE TABLE users (id bigint);", Tx: true,
				Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';\nALTER TABLE users ALTER COLUMN plan DROP DEFAULT;"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint);", Tx: true,
				Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';"}}},
		},
		Op: checkDropDefault,
	}
}

func checkDropDefault(p *Pass) {
	op := p.Op.(*change.ColumnDefault)
	t := p.State.Table(op.Table)
	if op.Default != nil || t == nil || !p.OldTable() {
		return
	}
	col := t.Column(op.Column)
	inStatement := p.addedInStatement(op.Table, op.Column)
	if inStatement != nil {
		if !inStatement.NotNull || inStatement.Default == nil {
			return
		}
	} else if col == nil || !col.NotNull || !col.HasDefault {
		return
	}
	spares := func(o change.Op) bool { return p.sameTable(o, op.Table) && givesValue(o, op.Column) }
	if anyOp(p.later(), spares) || slices.ContainsFunc(p.Stmt.Ops, spares) {
		return
	}
	p.Report("keep the default until every running version writes the column", "INSERTs of the running application that leave %s.%s out fail from now on", p.Table(), op.Column)
}

// addedInStatement is the column where the same ALTER TABLE adds it.
func (p *Pass) addedInStatement(table change.Name, column string) *change.Column {
	for _, o := range p.Stmt.Ops {
		if a, ok := o.(*change.AddColumn); ok && a.Column.Name == column && p.sameTable(a, table) {
			return &a.Column
		}
	}
	return nil
}

// givesValue: a new default, a generated value, no NOT NULL any more, or no
// column any more.
func givesValue(o change.Op, column string) bool {
	switch o := o.(type) {
	case *change.ColumnDefault:
		return o.Column == column && o.Default != nil
	case *change.AlterGenerated:
		return o.Column == column
	case *change.DropNotNull:
		return o.Column == column
	case *change.CreateTrigger:
		return true
	}
	return dropsColumn(o, column)
}
