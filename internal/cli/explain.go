package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/nearest"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

// each writes rules one after the other.
func each(one func(io.Writer, *rules.Rule, report.Style) error, between string) func(io.Writer, []*rules.Rule, report.Style) error {
	return func(w io.Writer, list []*rules.Rule, style report.Style) error {
		for i, r := range list {
			if i > 0 {
				if _, err := io.WriteString(w, between); err != nil {
					return err
				}
			}
			if err := one(w, r, style); err != nil {
				return err
			}
		}
		return nil
	}
}

func rulesAsJSON(w io.Writer, list []*rules.Rule, _ report.Style) error {
	return report.RulesJSON(w, list)
}

func explainFormats() []format[[]*rules.Rule] {
	return []format[[]*rules.Rule]{
		{"text", each(report.Rule, "\n")},
		{"concise", each(report.RuleConcise, "")},
		{"json", rulesAsJSON},
	}
}

func (p *program) explainCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "explain",
		Usage:     "explain a rule: what goes wrong, what to do instead, with examples",
		ArgsUsage: "RULE...",
		Flags:     append(outputFlags(names(explainFormats())), configFlag()),
		Action:    p.explain,
	})
}

func (p *program) explain(c *cli.Context) error {
	if c.NArg() == 0 {
		return usage(c.Command, "which rule? safemig rules lists them")
	}
	all, err := p.configuredRules(c)
	if err != nil {
		return err
	}
	var list []*rules.Rule
	for _, name := range c.Args().Slice() {
		found := rulesNamed(all, name)
		if len(found) == 0 {
			return usage(c.Command, "no rule %q%s; safemig rules lists them", name, nearest.DidYouMean(name, ruleIDs(all)))
		}
		list = append(list, found...)
	}
	return p.writeRules(c, list, explainFormats())
}

func (p *program) writeRules(c *cli.Context, list []*rules.Rule, formats []format[[]*rules.Rule]) error {
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return err
	}
	outputs, err := outputs(c, formats)
	if err != nil {
		return err
	}
	return write(p, c, list, outputs)
}

// rulesNamed are the rules of that id, or those that know it as the name that
// another tool gives to the same check.
func rulesNamed(list []*rules.Rule, name string) []*rules.Rule {
	var others []*rules.Rule
	for _, r := range list {
		if strings.EqualFold(r.ID, name) {
			return []*rules.Rule{r}
		}
		if slices.ContainsFunc(r.Doc.Aliases, func(alias string) bool { return isAlias(alias, name) }) {
			others = append(others, r)
		}
	}
	return others
}

// isAlias compares with an alias, which may begin with the tool: "squawk:ban-drop-column".
func isAlias(alias, name string) bool {
	if strings.EqualFold(alias, name) {
		return true
	}
	_, bare, found := strings.Cut(alias, ":")
	return found && strings.EqualFold(strings.TrimSpace(bare), name)
}

func ruleIDs(list []*rules.Rule) []string {
	var ids []string
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}
