package rules

import "github.com/safemig/safemig/dialect/change"

func dropSequence() *Rule {
	return &Rule{
		ID: "drop-sequence", Family: DataLoss, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title:   "dropping a sequence loses its counter, and breaks whoever still calls nextval()",
			Why:     "The number it has reached is gone; a sequence of the same name starts at 1 again and hands out numbers that are taken. Applications and ORMs that call nextval() by themselves fail.",
			Instead: "Note its value, make sure that no column's default and no running version uses it, then drop it in a later file.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-dropsequence.html"},
			Bad:     []Example{{Before: "CREATE SEQUENCE invoice_no;", Files: []string{"SET lock_timeout = '2s';\nDROP SEQUENCE invoice_no;"}}},
			Good:    []Example{{Files: []string{"SET lock_timeout = '2s';\nCREATE SEQUENCE scratch;\nDROP SEQUENCE scratch;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Object)
			if op.Class != "sequence" || op.Verb != "drop" || p.madeHere(op.Name, "sequence") || p.sequenceUnused() {
				return
			}
			p.Report("make sure that no running version calls nextval() for it", "dropping the sequence %s loses the number it has reached", p.Display(op.Name))
		},
	}
}

// sequenceUnused: the file has dropped a table, a column or a default before,
// which is what the sequence numbered.
func (p *Pass) sequenceUnused() bool {
	return anyOp(p.earlier(), func(o change.Op) bool {
		switch o := o.(type) {
		case *change.DropTable, *change.DropColumn:
			return true
		case *change.ColumnDefault:
			return o.Default == nil
		}
		return false
	})
}
