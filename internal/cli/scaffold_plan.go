package cli

import (
	"context"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/scaffold"
	"github.com/safemig/safemig/rules"
)

// take has the plan know what was asked for.
func (f *fixer) take(asked *scaffold.Change) {
	f.split, f.inverses = asked.Split, asked.Inverses
}

// plan makes the plan. A change that a recipe refuses has none: the migration as it
// is would be what nobody asked for.
func (f *fixer) plan(ctx context.Context, w *work, g *group, file *layout.File, asked *scaffold.Change) error {
	f.report.Files++
	before := g.checker.Fork()
	found, err := g.checker.File(ctx, file.Script)
	if err != nil {
		return err
	}
	faults := faultsOf(found, file.Script, asked, g.dialect.Target.Dialect == "postgres")
	t, err := f.planFor(ctx, w, g, file.Script, before, faults)
	if err != nil {
		return err
	}
	if len(t.plan.Unfixed) > 0 {
		f.report.Plans, f.kept = nil, nil
	}
	if len(f.report.Plans) == 0 {
		w.problems++
		f.refused()
	}
	return nil
}

// refused says of each reason once why there is no plan.
func (f *fixer) refused() {
	var once []report.Unfixed
	for _, u := range f.report.Unfixed {
		u.Draft = true
		if !slices.ContainsFunc(once, func(o report.Unfixed) bool { return o.Rule == u.Rule && o.Reason == u.Reason }) {
			once = append(once, u)
		}
	}
	f.report.Unfixed = once
}

// faultsOf are what the plan is to cure: what the kind's own recipe does, or what
// the rules find; at the least that the statement waits for its locks without an end.
func faultsOf(found []rules.Finding, script *change.Script, asked *scaffold.Change, transactional bool) []rules.Finding {
	var out []rules.Finding
	for _, f := range found {
		if f.Severity >= rules.Warning && f.Recipe != "" && asked.Kind.Recipe == "" {
			out = append(out, f)
		}
	}
	if len(out) > 0 {
		return out
	}
	recipe := asked.Kind.Recipe
	if recipe == "" {
		recipe = "lock-timeout"
		if !transactional {
			recipe = "online-ddl"
		}
	}
	for _, stmt := range script.Stmts {
		for _, op := range stmt.Ops {
			out = append(out, rules.Finding{
				Rule: asked.Kind.Name, Severity: rules.Warning, Recipe: recipe, Script: script, Stmt: stmt, Span: op.Head().Span,
			})
		}
	}
	return out
}
