package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func newConstraintBreaksOldWriters() *Rule {
	return &Rule{
		ID: "new-constraint-breaks-old-writers", Family: Compatibility, Severity: Info, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindAddConstraint, change.KindSetNotNull, change.KindCreateIndex},
		Doc: Doc{
			Title: "a new constraint rejects what the running application may still write",
			Why: "NOT VALID spares the rows that are there, not the ones to come: from that moment on every INSERT and UPDATE that breaks the constraint fails, in the version of the application that is still running too. " +
				"The same holds for UNIQUE, a unique index and SET NOT NULL. A note, and only where nothing worse is said of the same change.",
			Instead: "First deploy a version that writes only what the constraint allows, and wait until it is the only one running; then add the constraint.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT"},
			Bad: []Example{{Before: "CREATE TABLE orders (id bigint, total bigint);", Tx: true,
				Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;"}}},
			Good: []Example{{Before: "CREATE TABLE orders (id bigint);", Tx: true,
				Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN total bigint;\nALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;"}}},
		},
		Op: checkNewConstraint,
	}
}

func checkNewConstraint(p *Pass) {
	what, columns := newRule(p)
	if what == "" || !p.OldTable() || p.State.IsView(p.Op.Head().Table) || !p.anyOldColumn(columns) || p.dropsConstraintHere() || p.ReportedHere() {
		return
	}
	p.Report("add it when every running version writes only what it allows", "from now on writes to %s that break this %s fail, those of the running version too", p.Table(), what)
}

// newRule is what the change asks of rows to come, and of which columns; empty
// where it asks for nothing new.
func newRule(p *Pass) (string, []string) {
	switch op := p.Op.(type) {
	case *change.SetNotNull:
		t := p.State.Table(op.Table)
		if t != nil && (t.ProvenNotNull(op.Column) || t.Column(op.Column) != nil && t.Column(op.Column).NotNull) {
			return "", nil
		}
		return "NOT NULL", []string{op.Column}
	case *change.CreateIndex:
		var columns []string
		for _, k := range op.Keys {
			if k.Column != "" {
				columns = append(columns, k.Column)
			} else if k.Expr != nil {
				columns = append(columns, k.Expr.Columns...)
			}
		}
		if op.Unique {
			return "unique index", columns
		}
	case *change.AddConstraint:
		return constraintRule(&op.Constraint)
	}
	return "", nil
}

func constraintRule(k *change.Constraint) (string, []string) {
	switch {
	case k.NotEnforced || k.UsingIndex != "" || k.Kind == change.PrimaryKey:
		return "", nil
	case k.Kind == change.Check && k.Expr != nil:
		return k.Kind.String(), k.Expr.Columns
	}
	return k.Kind.String(), k.Columns
}

// anyOldColumn: what the running version does not know it does not write.
func (p *Pass) anyOldColumn(columns []string) bool {
	table := p.Op.Head().Table
	return slices.ContainsFunc(columns, func(c string) bool {
		return !p.State.NewColumnInFile(table, c) && p.addedInStatement(table, c) == nil
	})
}

// dropsConstraintHere: the file drops a constraint or a unique index of the
// table first, so that this one mostly takes its place.
func (p *Pass) dropsConstraintHere() bool {
	table := p.Op.Head().Table
	return anyOp(p.earlier(), func(o change.Op) bool {
		switch o := o.(type) {
		case *change.DropConstraint:
			return p.sameTable(o, table)
		case *change.DropIndex:
			return p.Op.Kind() == change.KindCreateIndex
		}
		return false
	})
}
