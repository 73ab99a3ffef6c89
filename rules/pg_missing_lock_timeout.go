package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func missingLockTimeout() *Rule {
	return &Rule{
		ID: "missing-lock-timeout", Family: Locking, Severity: Warning, AnySize: true, Dialects: []string{"postgres"}, Recipe: "lock-timeout",
		Doc: Doc{
			Title: "a strong lock is asked for with no lock_timeout",
			Why: "While a schema change waits for its lock behind one long query, every later query on the table waits behind the schema change. " +
				"lock_timeout bounds that: the migration fails and can be tried again, and the application goes on. Reported once per file, at the first such statement.",
			Instead: "SET LOCAL lock_timeout = '2s' at the top of the file (SET, where the file does not run in a transaction), and retry. " +
				"Not in a file with a CONCURRENTLY statement, which waits for old transactions by design: set it for the role or the connection there.",
			Refs:    []string{"https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT"},
			Aliases: []string{"require-lock-timeout", "require-timeout-settings", "E9", "lock_timeout_limit"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint);", Files: []string{"ALTER TABLE orders ADD COLUMN note text;"}}},
			Good:    []Example{{Before: "CREATE TABLE orders (id bigint);", Tx: true, Files: []string{"SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;"}}},
		},
		Stmt: checkMissingLockTimeout,
	}
}

func checkMissingLockTimeout(p *Pass) {
	if waitsByDesign(p.Op) {
		return
	}
	e, ok := strongestOnOld(p)
	if !ok || e.Work == change.Rows || p.Stmt.Err != nil || hasTimeout(p) || !p.Once() {
		return
	}
	set := "SET LOCAL lock_timeout = '2s'"
	if p.State.InTx() == schema.Outside {
		set = "SET lock_timeout = '2s'"
	}
	queue := "every query on"
	if !e.Blocks.Has(change.Reads) {
		queue = "every write to"
	}
	p.ReportAs(Warning, p.Stmt.Span, set+" before it, and retry when it fails",
		"%s on %s with no lock_timeout: while it waits, %s %s waits behind it", e.Lock, lockedName(p, e), queue, lockedName(p, e))
}

// lockedName: the table of an index that was never seen has no name here.
func lockedName(p *Pass, e change.Effect) string {
	if drop, ok := p.Op.(*change.DropIndex); ok && p.State.Index(drop.Index) == nil {
		return "the table of " + p.Display(drop.Index)
	}
	return p.Display(e.Table)
}

// waitsByDesign: a lock_timeout would only kill a CONCURRENTLY statement, which
// waits for older transactions before it takes its strong lock.
func waitsByDesign(op change.Op) bool {
	d, ok := op.(*change.DetachPartition)
	return ok && d.Concurrently
}

// strongestOnOld is the strongest lock that keeps reads or writes waiting.
func strongestOnOld(p *Pass) (change.Effect, bool) {
	var worst change.Effect
	for _, e := range p.Result.Effects {
		if e.Blocks.Has(change.Writes) && e.Lock > worst.Lock && p.Old(e.Table) && !onlyRefreshWaits(p, e) && !p.newSequence(e) {
			worst = e
		}
	}
	return worst, worst.Lock != change.NoLock
}

// onlyRefreshWaits: nobody but REFRESH writes to a materialized view, so a lock
// that lets readers in keeps no application waiting.
func onlyRefreshWaits(p *Pass, e change.Effect) bool {
	if e.Blocks.Has(change.Reads) {
		return false
	}
	m, ok := p.Op.(*change.Maintain)
	return p.State.IsMaterialized(e.Table) || ok && m.Action == "refresh"
}

// newSequence: the file made the sequence itself.
func (p *Pass) newSequence(e change.Effect) bool {
	return strings.Contains(e.Fact, "sequence") && p.madeHere(e.Table, "sequence")
}

// hasTimeout: 0 means no limit.
func hasTimeout(p *Pass) bool {
	v, ok := p.State.Setting("lock_timeout")
	return ok && strings.Trim(v, "0msin hd") != ""
}
