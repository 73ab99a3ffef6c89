package rules

func ignoreExpired() *Rule {
	return &Rule{
		ID: "ignore-expired", Family: Input, Severity: Warning,
		Doc: Doc{
			Title:   "a comment or a suppression that ignores something has come to its end",
			Why:     "It was meant to hold until a day that is past. What it ignored is reported again.",
			Instead: "Mend what was put off, or look at the reason anew and set a later day.",
			Refs:    []string{ignoring},
			Bad:     []Example{{Files: []string{"-- safemig:ignore drop-table until:2001-01-31 -- the shop moves out in January\nDROP TABLE notes;"}}},
			Good: []Example{{Files: []string{
				"SET lock_timeout = '2s';\n-- safemig:ignore drop-table until:2999-12-31 -- the shop moves out some day\nDROP TABLE notes;",
			}}},
		},
		End: func(p *Pass) {
			for _, m := range p.checker.marks {
				if m.wrong == "" && !m.bare && !m.seen && m.expired(Today()) {
					p.ReportAs(p.rule.Severity, m.span, "mend what was put off, or set a later day",
						"what this comment ignores is ignored no more: it held until %s", m.until)
				}
			}
		},
	}
}
