package cli

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/rewrite"
)

// buildMasked makes the plan of a migration with placeholders. Those that stand for
// schemas are names as long as the plan is made; all others leave it without one.
func (t *fixing) buildMasked(in rewrite.Input) (rewrite.Plan, error) {
	names, ok := t.group.Placeholders(in.Script)
	if !ok {
		return rewrite.Build(in) // which says why there is no plan
	}
	plan, err := rewrite.Build(masked(in, &names))
	guesses := slices.ContainsFunc(plan.Texts(), func(text string) bool { return names.Guesses(text, in.Script.Raw) })
	broken := names.Charsets && slices.ContainsFunc(plan.Unfixed, func(u rewrite.Unfixed) bool { return strings.HasPrefix(u.Reason, "unexpected ") })
	if err != nil || guesses || broken {
		return rewrite.Build(in)
	}
	plan.Respell(names.Respell)
	if slices.ContainsFunc(plan.Steps, func(s rewrite.Step) bool { return s.Backfill != nil }) {
		plan.Notes = append(plan.Notes, "The job has placeholders, as the migration has: put their values in before safemig backfill runs it.")
	}
	return plan, nil
}

// masked is the input with names for the placeholders. What stands for a character
// set is masked by one that only fits the grammar: the user's own text keeps it, and
// is masked anew whenever it is read.
func masked(in rewrite.Input, names *layout.Placeholders) rewrite.Input {
	in.Masked, in.Options.Engine = true, nil // whose commands would have the names of masks
	if !names.Charsets {
		script := *in.Script
		script.Raw = script.Src
		in.Script = &script
		return in
	}
	parse := in.Parse
	in.Parse = func(s *change.Script) {
		s.Src = names.Mask(s.Raw)
		parse(s)
	}
	return in
}
