package cli

import (
	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

func rulesFormats() []format[[]*rules.Rule] {
	return []format[[]*rules.Rule]{
		{"text", report.Rules},
		{"concise", each(report.RuleConcise, "")},
		{"json", rulesAsJSON},
	}
}

func (p *program) rulesCommand() *cli.Command {
	return command(&cli.Command{
		Name:   "rules",
		Usage:  "list the rules, with the severities that the configuration gives them",
		Flags:  append(outputFlags(names(rulesFormats())), configFlag()),
		Action: p.listRules,
	})
}

func (p *program) listRules(c *cli.Context) error {
	if c.NArg() > 0 {
		return usage(c.Command, "rules takes no paths; safemig explain %s tells about one rule", c.Args().First())
	}
	list, err := p.configuredRules(c)
	if err != nil {
		return err
	}
	return p.writeRules(c, list, rulesFormats())
}
