package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/rewrite"
	"github.com/safemig/safemig/rules"
)

// gate is what must hold before anybody sees a plan: its files, read as the
// migration tool reads them, parse; the project's rules find nothing in them that
// they did not find before and that has no cure; and no plan can be made of them. It
// says which rules still find something.
func (t *fixing) gate(ctx context.Context, w *layout.Written) (still map[string]bool, err error) {
	still = map[string]bool{}
	checker := t.before.Fork()
	for i := range w.Scripts {
		s := &w.Scripts[i]
		if s.Down && len(t.pieces[s.Piece].Down) == 0 {
			continue // the migration's own, or nothing
		}
		if err := t.parses(s.Script); err != nil {
			return nil, err
		}
		if s.Down {
			continue
		}
		if err := t.clean(ctx, checker, s, still); err != nil {
			return nil, err
		}
	}
	for i, j := range t.jobs {
		text := []byte(j.Text(nil))
		if err := t.parses(&change.Script{Path: w.Jobs[i], Src: t.group.Masked(text), Raw: text, Section: change.Span{End: len(text)}}); err != nil {
			return nil, err
		}
	}
	return still, nil
}

func (t *fixing) parses(s *change.Script) error {
	t.group.dialect.Parse(s)
	for _, stmt := range s.Stmts {
		if stmt.Err != nil {
			return fmt.Errorf("%s does not parse: %w: %s", s.Path, stmt.Err, stmt.Span.Text(s.Src))
		}
	}
	return nil
}

// clean lints one file, and asks for a plan for what is found.
func (t *fixing) clean(ctx context.Context, checker *rules.Checker, s *layout.Script, still map[string]bool) error {
	before := checker.Fork()
	found, err := checker.File(ctx, s.Script)
	if err != nil {
		return err
	}
	t.prune(checker.Idle(s.Script), s)
	var left []rules.Finding
	for _, f := range found {
		switch {
		case f.Severity < rules.Warning:
		case t.uncured(f.Rule):
			still[f.Rule] = true
			left = append(left, f)
		case t.accept(f, s), t.acceptRebuild(f, s):
		case f.Custom:
			return &noPlanError{fmt.Sprintf("its plan would break your own rule %s: %s", f.Rule, f.Message)}
		case t.own(f, s):
			return &noPlanError{fmt.Sprintf("its statements belong together, and would do harm in files of their own: %s [%s]", f.Message, f.Rule)}
		default:
			return fmt.Errorf("%s does not pass %s: %s", f.Script.Path, f.Rule, f.Message)
		}
	}
	asked := requestsOf(left)
	if len(asked) == 0 {
		return nil
	}
	again, err := t.build(s.Script, before.State(), asked)
	if err != nil {
		return err
	}
	switch {
	case again.Changed() && t.refused(asked):
		return &noPlanError{"a part of it has no plan beside the rest, see the other reasons: put what they name into a migration of its own, and both get one"}
	case again.Changed():
		return fmt.Errorf("%s would be changed by another fix, for %s", s.Script.Path, asked[0].Rule)
	}
	return nil
}

// noPlanError is a plan that is not shown, and that is nobody's mistake.
type noPlanError struct{ reason string }

func (e *noPlanError) Error() string { return e.reason }

// own says whether a finding is about a statement that stands in the migration as it
// is; on MySQL and MariaDB what the server is asked for may have been put behind it.
func (t *fixing) own(f rules.Finding, s *layout.Script) bool {
	if f.Stmt == nil {
		return false
	}
	text := f.Stmt.Span.Text(s.Script.Raw)
	return strings.Contains(string(t.script.Raw), text) ||
		slices.ContainsFunc(t.script.Stmts, func(was *change.Stmt) bool { return strings.HasPrefix(text, was.Span.Text(t.script.Raw)+", ") })
}

// refused says whether recipes had their reasons against all that is asked for.
func (t *fixing) refused(asked []rewrite.Request) bool {
	return !slices.ContainsFunc(asked, func(r rewrite.Request) bool {
		return !slices.ContainsFunc(t.plan.Unfixed, func(u rewrite.Unfixed) bool { return u.Rule == r.Rule })
	})
}

// uncured says whether a rule found fault with the migration that no recipe cures.
func (t *fixing) uncured(rule string) bool {
	return slices.ContainsFunc(t.plan.Unfixed, func(u rewrite.Unfixed) bool { return u.Rule == rule }) ||
		slices.ContainsFunc(t.faults, func(f rules.Finding) bool { return f.Rule == rule && (f.Recipe == "" || !f.Span.Valid()) })
}

// accept takes a finding that is about tables which the migration itself makes: what
// the rules know of one file, the plan has in several. It says so in the piece, and
// the plan is to be written anew.
func (t *fixing) accept(f rules.Finding, s *layout.Script) bool {
	if f.Stmt == nil || len(f.Stmt.Ops) == 0 {
		return false
	}
	for _, op := range f.Stmt.Ops {
		if !t.makes(t.known.Resolve(op.Head().Table)) {
			return false
		}
	}
	mark := "-- safemig:ignore " + f.Rule + " -- the plan makes the table itself, and nobody uses it yet\n"
	text := f.Stmt.Span.Text(s.Script.Raw)
	for i, sql := range t.pieces[s.Piece].SQL {
		if strings.HasSuffix(sql, text) && !strings.Contains(sql, mark) {
			t.pieces[s.Piece].SQL[i] = sql[:len(sql)-len(text)] + mark + text
			t.again = true
			return true
		}
	}
	return false
}

// makes says whether the migration makes the table.
func (t *fixing) makes(n change.Name) bool {
	for _, stmt := range t.script.Stmts {
		for _, op := range stmt.Ops {
			if c, is := op.(*change.CreateTable); is && t.known.Resolve(c.Table) == n && (!c.IfNotExists || t.known.Table(n) == nil) {
				return true
			}
		}
	}
	return false
}
