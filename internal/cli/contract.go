package cli

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/gate"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
)

// forceFlags let a command go on against what it found.
func forceFlags(against string) []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: flagForce, DisableDefaultText: true, Usage: "go on " + against + "; --" + flagReason + " says why"},
		&cli.StringFlag{Name: flagReason, Usage: "`TEXT` that is written into plan.yml with what was not true"},
	}
}

func (p *program) contractCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "contract",
		Usage:     "move the next files of a plan to the migrations, when all that they wait for is true",
		ArgsUsage: "NAME",
		Description: "Every gate is asked again. The files get new versions, behind all migrations that are there, as the migration tool names them.\n" + planIs +
			"Without --dsn, what only a server knows is not known, and what is not known is not true.\n" +
			"Exit status: 0 done, 2 it could not be done, 3 something that the files wait for is not true.",
		Flags: append([]cli.Flag{
			&cli.IntFlag{Name: flagStep, Usage: "no further than step `N`", DefaultText: "as far as the gates are open"},
			dryRunFlag("say what would be moved, and move nothing"),
			planDSN(), configFlag(),
		}, forceFlags("although something is not true")...),
		Action: p.contract,
	})
}

func dryRunFlag(does string) cli.Flag {
	return &cli.BoolFlag{Name: flagDryRun, DisableDefaultText: true, Usage: does}
}

func (p *program) contract(c *cli.Context) error {
	if err := forced(c); err != nil {
		return err
	}
	return p.aboutPlan(c, func(pl *planner, m *ledger.Manifest) error {
		return (&contracting{planner: pl, Manifest: m}).run()
	})
}

// forced checks that who forces something says why.
func forced(c *cli.Context) error {
	switch {
	case c.Bool(flagForce) && c.String(flagReason) == "":
		return usage(c.Command, "--%s needs a --%s, which is written into plan.yml", flagForce, flagReason)
	case c.IsSet(flagReason) && !c.Bool(flagForce):
		return usage(c.Command, "--%s is for --%s", flagReason, flagForce)
	}
	return nil
}

// contracting is a plan whose next files are moved to the migrations.
type contracting struct {
	*planner
	*ledger.Manifest
	writer *layout.Writer
	steps  []int         // to be moved, from 1
	closed []gate.Result // what is not true of them
}

func (k *contracting) run() error {
	var err error
	if k.writer, _, err = k.home(k.Manifest); err != nil {
		return fmt.Errorf("%s: %w", k.Name, err)
	}
	if err := k.tidy(); err != nil {
		return err
	}
	if faults := faultsOfFiles(k.Manifest); len(faults) > 0 {
		return faultsError(k.Name, faults)
	}
	if err := k.choose(); err != nil {
		return err
	}
	files, of := k.waiting()
	written, err := k.writer.Enter(k.Folder(), files, k.now)
	if err != nil {
		return fmt.Errorf("%s: %w", k.Name, err)
	}
	if !k.cli.Bool(flagDryRun) {
		if err := k.move(written, files, of); err != nil {
			return err
		}
	}
	return k.say(written, files, of)
}

// waiting are the files of the steps, with the step that each is of.
func (k *contracting) waiting() (files []string, of []int) {
	for _, n := range k.steps {
		for _, f := range k.Steps[n-1].Files {
			files, of = append(files, f), append(of, n)
		}
	}
	return files, of
}

// tidy removes what an earlier run has moved and was interrupted over.
func (k *contracting) tidy() error {
	stems := map[string]bool{}
	for _, name := range strays(k.Manifest) {
		if k.writer.Holds(k.Folder(), name) {
			stems[layout.Stem(name)] = true
		}
	}
	if len(stems) == 0 || k.cli.Bool(flagDryRun) {
		return nil
	}
	return layout.Leave(k.Folder(), stems)
}

// move writes the files among the migrations, then plan.yml, then removes them where
// they waited: whatever ends it, the next run finds what is done.
func (k *contracting) move(written *layout.Written, files []string, of []int) error {
	stems := map[string]bool{}
	moved := map[int][]string{}
	var links [][2]string
	for i, f := range files {
		to, err := seenFrom(k.Folder(), written.Pieces[i])
		if err != nil {
			return err
		}
		k.Move(of[i], f, to)
		stems[layout.Stem(f)], moved[of[i]] = true, append(moved[of[i]], to)
		links = append(links, [2]string{f, to})
	}
	for _, n := range k.steps {
		k.History = append(k.History, k.event(ledger.Event{
			What: ledger.MovedIn, Step: n, Files: moved[n], Despite: k.despite(n), Reason: k.reasonOf(n),
		}))
	}
	if _, err := k.Text(); err != nil {
		return err
	}
	if err := k.mayWrite(append(written.Places(), k.File)...); err != nil {
		return err
	}
	if err := written.CommitAnd(k.Save); err != nil {
		return err
	}
	return errors.Join(relink(k.Folder(), links), layout.Leave(k.Folder(), stems))
}

// despite is what was not true of a step that is moved all the same.
func (k *contracting) despite(step int) []string {
	var out []string
	for _, r := range k.closed {
		if r.Step == step {
			out = append(out, r.Requirement)
		}
	}
	return out
}

func (k *contracting) reasonOf(step int) string {
	if len(k.despite(step)) == 0 {
		return ""
	}
	return k.cli.String(flagReason)
}
