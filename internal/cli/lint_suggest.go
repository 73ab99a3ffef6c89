package cli

import (
	"context"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

// suggester asks fix what it would do with a migration, for the formats that can
// carry an edit. What needs more files than the migration's own is no edit.
type suggester struct{ fixer *fixer }

func newSuggester(s *settings) (*suggester, error) {
	f, err := newFixer(s)
	if err != nil {
		return nil, err
	}
	f.engines = false // they need a script of their own
	return &suggester{fixer: f}, nil
}

// before is what is known before the next file; nil where nobody asks for edits.
func (s *suggester) before(g *group) *rules.Checker {
	if s == nil {
		return nil
	}
	return g.checker.Fork()
}

// noEdit is the place of a finding that is not there.
const noEdit = -1

// edit is the edit that makes a migration safe, and which of the findings it
// stands at: the first that it cures. A verdict does not hang on it: what fails
// here is told to those who ask.
func (s *suggester) edit(ctx context.Context, w *work, g *group, script *change.Script, before *rules.Checker, found []rules.Finding) (int, *report.Edit) {
	if s == nil {
		return noEdit, nil
	}
	applied, err := s.fixer.applied(ctx, w, g, script)
	if err != nil {
		w.notef("%s: no suggestions: %v", script.Path, err)
	}
	if err != nil || applied != "" {
		return noEdit, nil
	}
	plan, err := s.plan(ctx, w, g, script, before, found)
	if err != nil {
		w.notef("%s: no suggestion: %v", script.Path, err)
	}
	if plan == nil || len(plan.Files) != 1 || plan.Files[0].Old == nil || plan.Files[0].Path != script.Path {
		return noEdit, nil
	}
	curing := slices.IndexFunc(found, func(f rules.Finding) bool { return f.Recipe != "" && slices.Contains(plan.Rules, f.Rule) })
	return curing, report.NewEdit(plan.Files[0].Old, plan.Files[0].Text)
}

// plan is what fix would do with a migration; nil where it would leave it.
func (s *suggester) plan(ctx context.Context, w *work, g *group, script *change.Script, before *rules.Checker, found []rules.Finding) (*report.FixPlan, error) {
	plans := len(s.fixer.report.Plans)
	err := s.fixer.visitFound(ctx, w, g, script, before, found)
	if err != nil || len(s.fixer.report.Plans) == plans {
		return nil, err
	}
	return &s.fixer.report.Plans[plans], nil
}
