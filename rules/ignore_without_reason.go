package rules

func ignoreWithoutReason() *Rule {
	return &Rule{
		ID: "ignore-without-reason", Family: Input, Severity: Warning,
		Doc: Doc{
			Title:   "a comment that ignores a rule says no reason",
			Why:     "Without a reason it ignores nothing: who reads the migration in a year must know why a warning was passed over.",
			Instead: "Write the reason behind two dashes: -- safemig:ignore drop-column -- no version that is running uses it.",
			Refs:    []string{ignoring},
			Aliases: []string{"suppression-missing-reason"},
			Bad: []Example{
				{Files: []string{"-- safemig:ignore drop-table\nDROP TABLE notes;"}},
				{Files: []string{"-- safemig:ignore drop-table nobody uses it\nDROP TABLE notes;"}},
			},
			Good: []Example{{Files: []string{"SET lock_timeout = '2s';\n-- safemig:ignore drop-table -- nobody uses it\nDROP TABLE notes;"}}},
		},
		End: func(p *Pass) {
			for _, m := range p.checker.marks {
				if m.bare && m.wrong == "" && !m.seen {
					p.ReportAs(p.rule.Severity, m.span, "write it behind two dashes: "+(&mark{wide: m.wide, reason: "why it does no harm here"}).text([]string{m.names[0].id}),
						"this comment has no reason, so it ignores nothing")
				}
			}
		},
	}
}
