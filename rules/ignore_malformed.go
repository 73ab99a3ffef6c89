package rules

func ignoreMalformed() *Rule {
	return &Rule{
		ID: "ignore-malformed", Family: Input, Severity: Warning,
		Doc: Doc{
			Title: "a comment that is to ignore something is not understood",
			Why: "It names no rule, says a day that there is not, is misspelt, or stands in the body of a routine, where it is a part of a text. " +
				"It ignores nothing.",
			Instead: "Write -- safemig:ignore RULE[, RULE] [until:2026-12-31] -- reason, right above the statement or behind it on the same line; " +
				"safemig:ignore-file is for the whole file.",
			Refs:    []string{ignoring},
			Aliases: []string{"suppression-malformed"},
			Bad: []Example{
				{Files: []string{"-- safemig:ignore -- nobody uses it\nDROP TABLE notes;"}},
				{Files: []string{"-- safemig:ignore-next-line drop-table -- nobody uses it\nDROP TABLE notes;"}},
				{Files: []string{"-- safemig:ignore drop-table until:2026-02-30 -- nobody uses it\nDROP TABLE notes;"}},
			},
			Good: []Example{{Files: []string{"SET lock_timeout = '2s';\n-- safemig:ignore drop-table -- nobody uses it\nDROP TABLE notes;"}}},
		},
		End: func(p *Pass) {
			const form = "write -- safemig:ignore RULE[, RULE] [until:2026-12-31] -- reason"
			for _, m := range p.checker.marks {
				if m.wrong != "" && !m.seen {
					p.ReportAs(p.rule.Severity, m.span, form, "this comment is not understood, so it ignores nothing: %s", m.wrong)
				}
			}
			for _, span := range p.checker.misplaced {
				p.ReportAs(p.rule.Severity, span, "put it above the statement that holds this text",
					"this is a part of a text, and no comment of the file, so it ignores nothing")
			}
		},
	}
}
