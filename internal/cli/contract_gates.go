package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/gate"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/wording"
)

// choose finds the steps whose files may be moved now, strictly in order.
func (k *contracting) choose() error {
	waiting, err := k.unmoved()
	if err != nil {
		return err
	}
	t := &planReport{planner: k.planner, Manifest: k.Manifest}
	if err := t.ask(); err != nil {
		return err
	}
	upTo := k.cli.Int(flagStep)
	for i, n := range waiting {
		closed := append(k.before(t, n), closedOf(t.results, n)...)
		wanted := i == 0 || n <= upTo
		switch {
		case len(closed) == 0:
			k.steps = append(k.steps, n)
			continue
		case wanted && k.cli.Bool(flagForce):
			k.steps, k.closed = append(k.steps, n), append(k.closed, closed...)
			continue
		case wanted:
			return k.refused(t, n, closed)
		}
		break
	}
	return nil
}

// unmoved are the steps that wait, up to the one that is asked for.
func (k *contracting) unmoved() ([]int, error) {
	var out []int
	for i := range k.Steps {
		switch {
		case k.RolledBack(i + 1):
			return nil, fmt.Errorf("%s: step %d was taken back: the plan does not go on. To make the change after all, write it anew, and run safemig fix", k.Name, i+1)
		case k.Steps[i].Waits && !k.InPlace(i+1):
			out = append(out, i+1)
		}
	}
	upTo := k.cli.Int(flagStep)
	switch {
	case len(out) == 0:
		return nil, fmt.Errorf("%s: nothing waits any more: all its files stand with the migrations. safemig status close %s puts it away", k.Name, wording.ShellWord(k.Name))
	case upTo == 0 && !k.cli.IsSet(flagStep):
		return out, nil
	case upTo < 1 || upTo > len(k.Steps):
		return nil, usage(k.cli.Command, "--%s %d: the plan's steps are 1 to %d", flagStep, upTo, len(k.Steps))
	case upTo < out[0]:
		return nil, fmt.Errorf("%s: step %d does not wait; the next that does is step %d", k.Name, upTo, out[0])
	}
	for i, n := range out {
		if n > upTo {
			return out[:i], nil
		}
	}
	return out, nil
}

// before are the backfills before a step that nobody knows to be done, where the step
// does not ask for them itself.
func (k *contracting) before(t *planReport, step int) []gate.Result {
	var out []gate.Result
	for i := range step - 1 {
		b := k.Steps[i].Backfill
		if b == nil || t.stands[i] == ledger.Done || slices.Contains(k.Steps[step-1].Requires, "backfill:"+b.Name) {
			continue
		}
		out = append(out, gate.Result{Step: step, Requirement: "backfill:" + b.Name, State: gate.Unknown, Why: fmt.Sprintf("step %d comes before, and nobody knows it to be done", i+1)})
	}
	return out
}

// refused says what is not true, and what to do about it.
func (k *contracting) refused(t *planReport, step int, closed []gate.Result) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%s: step %d (%s) must wait:\n", k.Name, step, k.Steps[step-1].Title)
	for i := range closed {
		r := &closed[i]
		g := t.gate(r)
		fmt.Fprintf(&out, "  %s: %s\n", g.State, g.Words)
		if g.Why != "" {
			fmt.Fprintf(&out, "    %s\n", g.Why)
		}
	}
	if err := k.serves(k.Plan); err != nil {
		fmt.Fprintf(&out, "  %v\n", err)
	}
	fmt.Fprintf(&out, "nothing was moved; --%s --%s \"...\" moves it all the same, and writes that into plan.yml", flagForce, flagReason)
	return &guardError{errors.New(out.String())}
}
