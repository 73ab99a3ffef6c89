package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
)

func (p *program) closeCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "close",
		Usage:     "put a plan away that is finished or taken back",
		ArgsUsage: "NAME",
		Description: "Its folder moves to pending/" + ledger.DoneFolder + "/: plan.yml stays as a record of who did what and why, and safemig rollback still knows it.\n" + planIs +
			"Exit status: 0 done, 2 it could not be done, 3 the plan is not finished.",
		Flags:  []cli.Flag{planDSN(), configFlag()},
		Action: p.closePlan,
	})
}

func (p *program) closePlan(c *cli.Context) error {
	return p.aboutPlan(c, putPlanAway)
}

func putPlanAway(pl *planner, m *ledger.Manifest) error {
	show, err := pl.planStands(m)
	if err != nil {
		return err
	}
	if err := closable(show); err != nil {
		return err
	}
	if err := pl.mayWrite(m.File, filepath.Join(filepath.Dir(filepath.Clean(m.Folder())), ledger.DoneFolder)); err != nil {
		return err
	}
	to, err := putAway(m)
	if err != nil {
		return fmt.Errorf("putting %s away: %w", m.Name, err)
	}
	return pl.sayf("%s is in %s now: commit that", m.Name, shownPath(to))
}

// closable says why a plan cannot be put away.
func closable(s *report.PlanStatus) error {
	if len(s.Faults) > 0 {
		return faultsError(s.Name, s.Faults)
	}
	if s.State == report.PlanFinished || s.State == report.PlanRolledBack {
		return nil
	}
	return &guardError{fmt.Errorf("%s is not finished:\n  %s", s.Name, strings.Join(s.Do, "\n  "))}
}

// putAway moves a plan's folder to those that are over, one deeper than it was. It is
// whole in its new place before anything of the old one goes.
func putAway(m *ledger.Manifest) (string, error) {
	from := filepath.Clean(m.Folder())
	to := filepath.Join(filepath.Dir(from), ledger.DoneFolder, filepath.Base(from))
	if filepath.Base(filepath.Dir(from)) == ledger.DoneFolder {
		return "", errors.New("it is put away already")
	}
	draft := fmt.Sprintf("%s.safemig-%d", to, os.Getpid())
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return "", err
	}
	err := copyDeeper(m, from, draft)
	if err == nil {
		err = settle(draft, to)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(draft))
	}
	return to, os.RemoveAll(from)
}

// settle gives the copy its name. One of that name that is the same is of a run that was
// interrupted.
func settle(draft, to string) error {
	if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(draft, to)
	}
	put, err := os.ReadFile(filepath.Join(draft, ledger.FileName))
	if err != nil {
		return err
	}
	there, err := os.ReadFile(filepath.Join(to, ledger.FileName))
	if err != nil || !bytes.Equal(there, put) {
		return fmt.Errorf("%s is there already, of another plan: give that another name", shownPath(to))
	}
	return os.RemoveAll(draft)
}

// copyDeeper copies a plan's folder; plan.yml and plan.md name what is outside of it as
// it is seen from one folder below.
func copyDeeper(m *ledger.Manifest, from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	deeper := *m.Plan
	deeper.Deepen()
	text, err := deeper.Write()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, ledger.FileName), text, 0o666); err != nil {
		return err
	}
	story := filepath.Join(to, ledger.StoryName)
	words, err := os.ReadFile(story)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(story, bytes.ReplaceAll(words, []byte("](../"), []byte("](../../")), 0o666)
}
