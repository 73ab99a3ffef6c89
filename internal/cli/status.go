package cli

import (
	"errors"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
)

// The names of the flags of status, contract and rollback.
const (
	flagFailOverdue = "fail-overdue"
	flagPlan        = "plan"
	flagReason      = "reason"
	flagUndo        = "undo"
	flagStep        = "step"
	flagForce       = "force"
	flagTo          = "to"
)

// planIs says what names a plan.
const planIs = "NAME is a plan's, as safemig status lists them, or its folder.\n"

func planDSN() cli.Flag {
	return &cli.StringFlag{Name: flagDSN, Usage: "`DSN` of the running server that gates are asked of, read-only; else " + envDSN}
}

func statusReports() []format[*report.Status] {
	return []format[*report.Status]{
		{"text", report.StatusText},
		{"json", func(w io.Writer, s *report.Status, _ report.Style) error { return report.StatusJSON(w, s) }},
		{"markdown", report.StatusMarkdown},
	}
}

func (p *program) statusCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "status",
		Usage:     "say how unfinished plans stand, and what to do next",
		ArgsUsage: "[NAME]",
		Description: "Every plan that waits in pending/ is shown: its steps, how old it is, which gates are open and which are not, and why.\n" +
			"Without a NAME, what is left over of changes that no plan knows of is shown too: in the migrations, and with --" + flagDSN + " in the server's catalogue.\n" + planIs +
			"Exit status: 0 done, 1 --" + flagFailOverdue + " found a plan whose deadline is over, 2 a plan cannot be read or misses files.",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: flagFailOverdue, DisableDefaultText: true, Usage: "exit with 1 if a plan that is not finished has passed its deadline"},
			planDSN(), configFlag(),
		}, outputFlags(names(statusReports()))...),
		Subcommands: []*cli.Command{p.confirmCommand(), p.closeCommand()},
		Action:      p.planStatus,
	})
}

func (p *program) planStatus(c *cli.Context) (err error) {
	if c.NArg() > 1 {
		return usage(c.Command, "%q is one plan too many", c.Args().Get(1))
	}
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return err
	}
	outputs, err := outputs(c, statusReports())
	if err != nil {
		return err
	}
	pl, err := p.openPlans(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pl.close()) }()
	found, err := pl.chosen(c.Args().First())
	if err != nil {
		return err
	}
	s := &report.Status{Now: pl.now}
	if pl.db != nil {
		s.Server = pl.db.String()
	}
	for i := range found {
		if err := pl.stand(s, &found[i]); err != nil {
			return err
		}
	}
	if c.NArg() == 0 {
		if err := pl.leftovers(s, found); err != nil {
			return err
		}
	}
	if err := write(p, c, s, outputs); err != nil {
		return err
	}
	switch {
	case s.Faults() > 0:
		return errReported
	case c.Bool(flagFailOverdue) && s.Overdue() > 0:
		return errFindings
	}
	return nil
}

// chosen is the plan of that name, or all that wait.
func (p *planner) chosen(name string) ([]ledger.Found, error) {
	if name == "" {
		return p.settings.plans()
	}
	f, err := p.plan(name)
	if err != nil {
		return nil, err
	}
	return []ledger.Found{*f}, nil
}

// stand adds a plan to the report.
func (p *planner) stand(to *report.Status, f *ledger.Found) error {
	if f.Err != nil {
		to.Broken = append(to.Broken, brokenPlan(f))
		return nil //nolint:nilerr // it is in the report
	}
	s, err := p.planStands(f.Manifest)
	if err != nil {
		return err
	}
	to.Plans = append(to.Plans, *s)
	return nil
}
