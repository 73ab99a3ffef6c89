package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/nearest"
	"github.com/safemig/safemig/internal/wording"
)

func (p *program) confirmCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "confirm",
		Usage:     "say that the application does what a plan waits for, or that a step has run",
		ArgsUsage: "REQUIREMENT",
		Description: "REQUIREMENT is deploy:WHAT, or a part of it that no other has, or step:N, that step N has run where it counts: the time that the next one waits begins then.\n" +
			"It is written into plan.yml, with the time and who you are (git's user.name, else $USER): commit it.\n" +
			"Exit status: 0 done, 2 it could not be done.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: flagPlan, Usage: "`NAME` of the plan, where several wait"},
			&cli.StringFlag{Name: flagReason, Usage: "`TEXT` that is written beside it: a release, a link"},
			&cli.BoolFlag{Name: flagUndo, DisableDefaultText: true, Usage: "take back what was confirmed"},
			configFlag(),
		},
		Action: p.confirm,
	})
}

func (p *program) confirm(c *cli.Context) error {
	if c.NArg() != 1 {
		return usage(c.Command, "what is to be confirmed? give one of deploy:WHAT or step:N, as safemig status shows them")
	}
	pl, err := p.offlinePlans(c)
	if err != nil {
		return err
	}
	m, requirement, err := pl.toConfirm(c.Args().First())
	if err != nil {
		return err
	}
	if c.Bool(flagUndo) {
		return pl.unconfirm(m, requirement)
	}
	e, again := m.Confirmation(requirement), ""
	if e != nil {
		if strings.HasPrefix(requirement, "step:") { // the first time is what counts
			return p.sayf("%s: %s is confirmed already: %s", m.Name, requirement, said(e))
		}
		again = " again: what the old version was seen to do until now no longer counts"
	}
	m.History = append(m.History, pl.event(ledger.Event{What: ledger.Confirmed, Requirement: requirement, Reason: c.String(flagReason)}))
	if err := p.save(m); err != nil {
		return err
	}
	return p.sayf("%s: %s is confirmed%s. Commit %s", m.Name, requirement, again, shownPath(m.File))
}

// save writes plan.yml.
func (p *program) save(m *ledger.Manifest) error {
	if err := p.mayWrite(m.File); err != nil {
		return err
	}
	return m.Save()
}

// unconfirm takes a confirmation out of the history.
func (p *planner) unconfirm(m *ledger.Manifest, requirement string) error {
	if m.Confirmation(requirement) == nil {
		return fmt.Errorf("%s: nobody has confirmed %s", m.Name, requirement)
	}
	m.History = slices.DeleteFunc(m.History, func(e ledger.Event) bool {
		return e.What == ledger.Confirmed && e.Requirement == requirement
	})
	if err := p.save(m); err != nil {
		return err
	}
	return p.sayf("%s: %s is no longer confirmed. Commit %s", m.Name, requirement, shownPath(m.File))
}

// confirmable is what can be confirmed of a plan.
type confirmable struct {
	*ledger.Manifest
	requirement string
}

// toConfirm finds what is meant, in the one plan that is named or in all.
func (p *planner) toConfirm(words string) (*ledger.Manifest, string, error) {
	found, err := p.chosen(p.cli.String(flagPlan))
	if err != nil {
		return nil, "", err
	}
	var all []confirmable
	var broken error
	for i := range found {
		if found[i].Err != nil {
			broken = errors.Join(broken, found[i].Err)
			continue
		}
		for _, r := range found[i].Manifest.ToConfirm() {
			all = append(all, confirmable{found[i].Manifest, r})
		}
	}
	meant := meantBy(all, words)
	switch {
	case len(meant) == 1 && broken == nil, len(meant) == 1 && p.cli.IsSet(flagPlan):
		return meant[0].Manifest, meant[0].requirement, nil
	case len(meant) == 1:
		return nil, "", fmt.Errorf("%w\nwhich may wait for %q too: name the plan that is meant with --%s", broken, words, flagPlan)
	case len(meant) > 1:
		return nil, "", fmt.Errorf("%q is not the only one:\n%sgive more of it, or the plan with --%s", words, confirmables(meant), flagPlan)
	case len(all) == 0:
		return nil, "", errors.Join(errors.New("no plan waits"), broken)
	}
	var known []string
	for _, a := range all {
		known = append(known, a.requirement)
	}
	return nil, "", errors.Join(fmt.Errorf("no plan waits for %q%s; what can be confirmed:\n%s", words, nearest.DidYouMean(words, known), strings.TrimSuffix(confirmables(all), "\n")), broken)
}

// meantBy are the requirements that some words mean: the whole of one, its beginning, or
// a part of it, whichever comes first.
func meantBy(all []confirmable, words string) []confirmable {
	fold := strings.ToLower(strings.TrimSpace(words))
	for _, is := range []func(requirement string) bool{
		func(r string) bool { return r == fold },
		func(r string) bool { return r == "deploy:"+fold },
		func(r string) bool { return !strings.HasPrefix(r, "step:") && strings.HasPrefix(r, fold) },
		func(r string) bool { return !strings.HasPrefix(r, "step:") && strings.Contains(r, fold) },
	} {
		var out []confirmable
		for _, a := range all {
			if fold != "" && is(strings.ToLower(a.requirement)) {
				out = append(out, a)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func confirmables(all []confirmable) string {
	var out strings.Builder
	for _, a := range all {
		fmt.Fprintf(&out, "  %s --%s %s\n", wording.ShellWord(a.requirement), flagPlan, wording.ShellWord(a.Name))
	}
	return out.String()
}
