package cli

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/wording"
)

func (p *program) rollbackCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "rollback",
		Usage:     "write the migrations that take a plan back",
		ArgsUsage: "NAME",
		Description: "What a step did is taken back by a new migration behind all that are there, the last step first: nothing that somebody may have run is removed.\n" +
			"Files that still wait in pending/ are removed.\n" + planIs +
			"Exit status: 0 done, 2 it could not be done, 3 something cannot be undone, or a backfill still runs.",
		Flags: append([]cli.Flag{
			&cli.IntFlag{Name: flagTo, Usage: "take back what came behind step `N`, which stays", DefaultText: "0: all of the plan"},
			dryRunFlag("say what would be written, and write nothing"),
			&cli.StringFlag{Name: flagDSN, Usage: "`DSN` of the running server that is asked whether a backfill still runs; else " + envDSN}, configFlag(),
		}, forceFlags("although something cannot be undone")...),
		Action: p.rollback,
	})
}

func (p *program) rollback(c *cli.Context) error {
	if err := forced(c); err != nil {
		return err
	}
	return p.aboutPlan(c, func(pl *planner, m *ledger.Manifest) error {
		return (&goingBack{planner: pl, Manifest: m, to: c.Int(flagTo)}).run()
	})
}

// goingBack is a plan that is taken back.
type goingBack struct {
	*planner
	*ledger.Manifest
	to      int   // the last step that stays; 0: none does
	undo    []int // steps whose files stand with the migrations, the last first
	removed []int // steps that still wait
	rows    []int // backfills
	lost    []int // steps of undo that nothing takes back, or not whole
	pieces  []layout.Piece
	of      []int // the step of each piece
}

func (g *goingBack) run() error {
	if err := g.tidy(); err != nil {
		return err
	}
	if err := g.sort(); err != nil {
		return err
	}
	if err := g.refuse(); err != nil {
		return err
	}
	if err := g.cut(); err != nil {
		return err
	}
	written, err := g.write()
	if err != nil {
		return fmt.Errorf("%s: %w", g.Name, err)
	}
	if !g.cli.Bool(flagDryRun) {
		if err := g.record(written); err != nil {
			return err
		}
	}
	return g.say(written)
}

// tidy removes what an earlier run has taken out of the plan and was interrupted over.
func (g *goingBack) tidy() error {
	stems := map[string]bool{}
	for i := range g.Steps {
		if g.RolledBack(i+1) && g.Steps[i].Waits {
			g.stems(i+1, stems)
		}
	}
	if len(stems) == 0 || g.cli.Bool(flagDryRun) {
		return nil
	}
	return layout.Leave(g.Folder(), stems)
}

// stems adds those of a step's files that wait.
func (g *goingBack) stems(step int, to map[string]bool) {
	for _, f := range g.Steps[step-1].Files {
		if !strings.HasPrefix(f, "../") {
			to[layout.Stem(f)] = true
		}
	}
}

// sort says what is to become of each step.
func (g *goingBack) sort() error {
	if g.to < 0 || g.to >= len(g.Steps) {
		return usage(g.cli.Command, "--%s %d: give the last step that is to stay, from 0 (none) to %d", flagTo, g.to, len(g.Steps)-1)
	}
	for n := len(g.Steps); n > g.to; n-- {
		s := &g.Steps[n-1]
		switch {
		case g.RolledBack(n):
		case s.Backfill != nil:
			g.rows = append(g.rows, n)
		case !g.InPlace(n):
			g.removed = append(g.removed, n)
		default:
			g.undo = append(g.undo, n)
			if s.Final != "" {
				g.lost = append(g.lost, n)
			}
		}
	}
	if len(g.undo)+len(g.removed)+len(g.rows) == 0 {
		return fmt.Errorf("%s: nothing is left to take back: safemig status %s says how it stands", g.Name, wording.ShellWord(g.Name))
	}
	return nil
}

// write lays out the migrations that take the steps back; nil: there is nothing to write.
func (g *goingBack) write() (*layout.Written, error) {
	if len(g.pieces) == 0 {
		return nil, nil
	}
	w, dir, err := g.home(g.Manifest)
	if err != nil {
		return nil, err
	}
	if err := g.accept(dir); err != nil {
		return nil, err
	}
	return w.Append(g.pieces, g.now)
}

// record writes the migrations, then plan.yml, then removes what waited.
func (g *goingBack) record(written *layout.Written) error {
	stems := map[string]bool{}
	for _, n := range g.removed {
		g.stems(n, stems)
	}
	if err := g.events(written); err != nil {
		return err
	}
	if _, err := g.Text(); err != nil {
		return err
	}
	places := []string{g.File}
	if written != nil {
		places = append(places, written.Places()...)
	}
	if err := g.mayWrite(places...); err != nil {
		return err
	}
	var err error
	if written == nil {
		err = g.Save()
	} else {
		err = written.CommitAnd(g.Save)
	}
	if err != nil {
		return err
	}
	return layout.Leave(g.Folder(), stems)
}

// events are what happened to each step, the last first.
func (g *goingBack) events(written *layout.Written) error {
	files := map[int][]string{}
	for i, n := range g.of {
		at := min(i, len(written.Pieces)-1) // one file may take back all of them
		rel, err := seenFrom(g.Folder(), written.Pieces[at])
		if err != nil {
			return err
		}
		files[n] = append(files[n], rel)
	}
	for n := len(g.Steps); n > g.to; n-- {
		if g.RolledBack(n) {
			continue
		}
		e := ledger.Event{What: ledger.RolledBack, Step: n, Files: files[n]}
		if g.loses(n) {
			e.Despite, e.Reason = []string{"cannot-be-undone: " + g.Steps[n-1].Final}, g.cli.String(flagReason)
		}
		g.History = append(g.History, g.event(e))
	}
	return nil
}
