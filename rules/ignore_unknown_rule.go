package rules

import (
	"slices"
)

// ignoring is the page about all of it.
const ignoring = "https://github.com/safemig/safemig/blob/main/docs/ignoring.md"

func ignoreUnknownRule() *Rule {
	return &Rule{
		ID: "ignore-unknown-rule", Family: Input, Severity: Warning,
		Doc: Doc{
			Title:   "a comment ignores a rule that there is not",
			Why:     "The name is misspelt, or another tool's, and what the comment was to ignore is reported all the same.",
			Instead: "Write the name as safemig rules lists it.",
			Refs:    []string{ignoring},
			Aliases: []string{"unused-ignore", "suppression-unknown-rule"},
			Bad:     []Example{{Files: []string{"-- safemig:ignore drop-colum -- nobody reads it\nALTER TABLE notes DROP COLUMN body;"}}},
			Good: []Example{{Files: []string{
				"SET lock_timeout = '2s';\n-- safemig:ignore drop-column -- nobody reads it\nALTER TABLE notes DROP COLUMN body;",
			}}},
		},
		End: func(p *Pass) {
			for _, m := range p.checker.marks {
				if m.wrong != "" || m.bare || m.seen || m.foreign != "" {
					continue
				}
				known := p.checker.known()
				for _, n := range m.names {
					i := slices.IndexFunc(known, func(r *Rule) bool { return r.ID == n.id })
					switch {
					case i < 0:
						p.ReportAs(p.rule.Severity, n.span, "safemig rules lists them all", "there is no rule %q%s", n.id, Meant(n.id, known))
					case known[i].End != nil:
						p.ReportAs(p.rule.Severity, n.span, "mend the comment that it finds fault with, or turn the rule off in safemig.yml",
							"%s is no rule that a comment can ignore", n.id)
					}
				}
			}
		},
	}
}

// known is every rule, those that are off or for another server included. They
// are made when a comment first asks for them: most files have none.
func (c *Checker) known() []*Rule {
	if c.every == nil {
		c.every = All()
		for _, r := range c.given {
			if !slices.ContainsFunc(c.every, func(o *Rule) bool { return o.ID == r.ID }) {
				c.every = append(c.every, r)
			}
		}
	}
	return c.every
}
