package rules

import "cmp"

func syntaxError() *Rule {
	return &Rule{
		ID: "syntax-error", Family: Input, Severity: Error,
		Doc: Doc{
			Title: "a statement cannot be parsed, so nothing is known of it",
			Why: "What cannot be parsed cannot be judged: the statement may be harmless or may lock the largest table. " +
				"All other statements of the file are judged.",
			Instead: "Correct the statement, or name the right server with --dialect and --server-version. " +
				"SQL of a template must be rendered first.",
			Bad:  []Example{{Files: []string{"ALTER TABEL orders ADD COLUMN note text;"}}},
			Good: []Example{{Files: []string{"SET lock_timeout = '2s'; ALTER TABLE orders ADD COLUMN note text;"}}},
		},
		Stmt: func(p *Pass) {
			if err := p.Stmt.Err; err != nil {
				help := "correct it, or name the server it is for with --dialect and --server-version"
				p.ReportAs(Error, err.Span, cmp.Or(err.Help, help),
					"not understood as %s: %s", p.Target.Name(), err.Message)
			}
		},
	}
}
