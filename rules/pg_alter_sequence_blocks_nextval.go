package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func alterSequenceBlocksNextval() *Rule {
	return &Rule{
		ID: "alter-sequence-blocks-nextval", Family: Locking, Severity: Warning, AnySize: true, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title:   "ALTER SEQUENCE makes nextval() wait until the transaction ends",
			Why:     "RESTART, INCREMENT, AS, CACHE and the limits take SHARE ROW EXCLUSIVE on the sequence: every INSERT that needs a number from it waits until the transaction has committed. Silent where a lock_timeout is set and no long statement follows.",
			Instead: "setval() in place of RESTART, which does not block. Else in a file of its own with SET LOCAL lock_timeout.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altersequence.html#id-1.9.3.33.8"},
			Bad:     []Example{{Before: "CREATE SEQUENCE invoice_no;", Files: []string{"ALTER SEQUENCE invoice_no RESTART WITH 1000;"}}},
			Good:    []Example{{Before: "CREATE SEQUENCE invoice_no;", Files: []string{"SELECT setval('invoice_no', 1000);"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Object)
			if op.Class != "sequence" || op.Verb != "alter" || !rewritesSequence(op.Action) || hasTimeout(p) || p.madeHere(op.Name, "sequence") {
				return
			}
			e, ok := p.EffectOn(op.Name)
			if !ok || !e.Blocks.Has(change.Writes) || !p.Old(op.Name) {
				return
			}
			p.Report("setval() in place of RESTART, else SET LOCAL lock_timeout and a file of its own", "nextval() of %s, and so every INSERT that needs it, waits until this transaction ends", p.Display(op.Name))
		},
	}
}

// rewritesSequence: OWNED BY, OWNER and SET SCHEMA leave the counter alone.
func rewritesSequence(action string) bool {
	for _, word := range []string{"restart", "increment", "as", "cache", "minvalue", "maxvalue", "start", "cycle"} {
		for part := range strings.SplitSeq(action, ",") {
			if strings.TrimSpace(part) == word {
				return true
			}
		}
	}
	return false
}
