package cli

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/synth"
)

// coming are the constraints that the files add to tables. The rows that are made satisfy
// them: most migrations meet rows that do.
func coming(files []layout.File) []synth.Coming {
	var out []synth.Coming
	made := map[change.Name]bool{} // by the files themselves
	for _, f := range files {
		for _, stmt := range f.Script.Stmts {
			for _, op := range stmt.Ops {
				on := op.Head().Table
				if _, is := op.(*change.CreateTable); is {
					made[on] = true
				} else if c, is := comingOf(f.Script, op); is && !made[on] {
					c.Table = on
					out = append(out, c)
				}
			}
		}
	}
	return out
}

func comingOf(script *change.Script, op change.Op) (c synth.Coming, is bool) {
	switch op := op.(type) {
	case *change.AddConstraint:
		return comingConstraint(script, &op.Constraint)
	case *change.CreateIndex:
		c.Columns, is = op.PlainColumns()
		return c, is && op.Unique && op.Where == nil
	}
	return c, false
}

func comingConstraint(script *change.Script, k *change.Constraint) (c synth.Coming, is bool) {
	switch {
	case k.NotEnforced:
	case k.Kind == change.Check && k.Expr != nil:
		return synth.Coming{Check: k.Expr.Span.Text(script.Src)}, true
	case k.Kind == change.ForeignKey && k.Ref != nil:
		return synth.Coming{Columns: k.Columns, Parent: k.Ref.Table, Refers: k.Ref.Columns}, true
	case k.Kind == change.Unique || k.Kind == change.PrimaryKey:
		return synth.Coming{Columns: k.Columns}, true
	}
	return c, false
}
