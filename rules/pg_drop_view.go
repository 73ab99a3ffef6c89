package rules

import "github.com/safemig/safemig/dialect/change"

func dropView() *Rule {
	return &Rule{
		ID: "drop-view", Family: Compatibility, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title:   "dropping a view breaks the version of the application that still reads it",
			Why:     "Every statement that reads the view fails from that moment on. Silent where the same file creates it anew: then it is gone only until the transaction ends (outside of one, between the two statements).",
			Instead: "Deploy a version that does not read it, then drop it. To change it: CREATE OR REPLACE VIEW where columns are only added, else drop and create in one transaction.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-dropview.html", "https://www.postgresql.org/docs/current/sql-createview.html"},
			Bad:     []Example{{Before: "CREATE VIEW active AS SELECT 1 AS n;", Files: []string{"DROP VIEW active;"}}},
			Good:    []Example{{Before: "CREATE VIEW active AS SELECT 1 AS n;", Tx: true, Files: []string{"SET LOCAL lock_timeout = '2s';\nDROP VIEW active;\nCREATE VIEW active AS SELECT 2 AS n;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Object)
			isView := op.Class == "view" || op.Class == "materialized view"
			if op.Verb != "drop" || !isView || p.State.NewInFile(op.Name) || p.viewReturns(op.Name) {
				return
			}
			p.Report("deploy a version that does not read it first", "dropping the %s %s breaks the running application if it still reads it", op.Class, p.Display(op.Name))
		},
	}
}

// viewReturns: the rest of the file makes a view or a table of the name.
func (p *Pass) viewReturns(name change.Name) bool {
	if p.replacedLater(name, "view", "materialized view") {
		return true
	}
	name = p.State.Resolve(name)
	return anyOp(p.later(), func(op change.Op) bool {
		switch op := op.(type) {
		case *change.CreateTable:
			return p.State.Resolve(op.Table) == name
		case *change.RenameTable:
			return op.To.Name == name.Name
		}
		return false
	})
}
