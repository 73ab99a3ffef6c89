package rules

import (
	"time"

	"github.com/safemig/safemig/dialect/change"
)

func longStepUnderShortTimeout() *Rule {
	return &Rule{
		ID: "long-step-under-short-timeout", Family: Transactions, Severity: Warning, Dialects: []string{"postgres"},
		Doc: Doc{
			Title: "a step that takes long by design runs under a short timeout",
			Why: "CREATE INDEX CONCURRENTLY, REINDEX CONCURRENTLY and VALIDATE CONSTRAINT block neither reads nor writes and take as long as the table is big. A statement_timeout that the file sets for its other statements kills them halfway: " +
				"a concurrent build then leaves an INVALID index. A lock_timeout does the same to a CONCURRENTLY statement, which waits for older transactions by design.",
			Instead: "Put the step into a file of its own without timeouts, or set statement_timeout (and, for CONCURRENTLY, lock_timeout) to 0 before it.",
			Refs:    []string{"https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT", "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint, user_id bigint);", Files: []string{"SET statement_timeout = '10s';\nCREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint, user_id bigint);", Files: []string{"SET statement_timeout = 0;\nCREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);"}}},
		},
		Stmt: checkLongStep,
	}
}

// shortTimeout: a step over all rows of a big table takes minutes to hours.
const shortTimeout = 10 * time.Minute

func checkLongStep(p *Pass) {
	if p.Stmt.Err != nil || !isLongStep(p) {
		return
	}
	what := "VALIDATE CONSTRAINT"
	if p.Result.NoTx {
		what = noTxName(p.Op)
	}
	if d := timeoutInForce(p, "statement_timeout"); d > 0 && d < shortTimeout {
		p.ReportAs(Warning, p.Stmt.Span, "SET statement_timeout = 0 before it, or a file of its own", "%s runs under a statement_timeout of %s, which kills it on a big table", what, d)
		return
	}
	if d := timeoutInForce(p, "lock_timeout"); p.Result.NoTx && d > 0 && d < shortTimeout {
		p.ReportAs(Warning, p.Stmt.Span, "SET lock_timeout = 0 before it, or a file of its own", "%s waits for older transactions by design: a lock_timeout of %s kills it behind a longer one", what, d)
	}
}

// isLongStep: it works on all rows of an old table and blocks nobody. VACUUM
// is not one: killed, it has lost nothing.
func isLongStep(p *Pass) bool {
	if _, ok := p.Op.(*change.Maintain); ok {
		return false
	}
	for _, e := range p.Result.Effects {
		if e.Work.Grows() && !e.Blocks.Has(change.Writes) && p.Old(e.Table) {
			return p.Result.NoTx || p.Op.Kind() == change.KindValidateConstraint
		}
	}
	return false
}
