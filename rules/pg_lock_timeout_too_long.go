package rules

import "time"

func lockTimeoutTooLong() *Rule {
	return &Rule{
		ID: "lock-timeout-too-long", Family: Locking, Severity: Warning, AnySize: true, Dialects: []string{"postgres"}, Recipe: "lock-timeout",
		Doc: Doc{
			Title:   "lock_timeout lets everybody wait for longer than 10 seconds",
			Why:     "While the statement waits for its lock, every later query on the table waits behind it: lock_timeout is how long the application stands still in the worst case. Reported once per file, at the first statement that takes a strong lock under it. A lock_timeout of 0 is none at all (missing-lock-timeout).",
			Instead: "One to five seconds, and more attempts.",
			Refs:    []string{"https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT", "https://github.com/ankane/strong_migrations#lock-timeout-limits"},
			Aliases: []string{"lock_timeout_limit"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint);", Files: []string{"SET lock_timeout = '5min';\nALTER TABLE orders ADD COLUMN note text;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint);", Files: []string{"SET lock_timeout = '5s';\nALTER TABLE orders ADD COLUMN note text;"}}},
		},
		Stmt: func(p *Pass) {
			d := timeoutInForce(p, "lock_timeout")
			if d <= 10*time.Second || p.Stmt.Err != nil {
				return
			}
			e, ok := strongestOnOld(p)
			if !ok || !strongOnOld(p, e) || !p.Once() {
				return
			}
			p.ReportAs(Warning, p.Stmt.Span, "one to five seconds, and more attempts", "lock_timeout is %s here: queries on %s may have to wait that long behind this", d, p.Display(e.Table))
		},
	}
}
