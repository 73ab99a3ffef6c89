package rules

import "github.com/safemig/safemig/dialect/change"

func longBlockingChange() *Rule {
	return &Rule{
		ID: "long-blocking-change", Family: Locking, Severity: Error, Kinds: everyKind(),
		Doc: Doc{
			Title: "a change blocks reads or writes for a time that grows with the table",
			Why: "The lock that the change takes is held while every row is read, written again or indexed. " +
				"This rule speaks where no more specific one does: SET EXPRESSION of a stored column, REPACK without CONCURRENTLY, SPLIT and MERGE PARTITIONS and others.",
			Instead: "Where an online form exists, use it: CONCURRENTLY, a new column or table that is filled in batches; " +
				"gh-ost, pt-online-schema-change or spirit on MySQL. Else plan a maintenance window.",
			Refs: []string{"https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"},
			Bad: []Example{{Version: "17", Before: "CREATE TABLE orders (id bigint, total bigint, cents bigint GENERATED ALWAYS AS (total) STORED);",
				Files: []string{"ALTER TABLE orders ALTER COLUMN cents SET EXPRESSION AS (total * 100);"}}},
			Good: []Example{{Version: "17", Files: []string{"CREATE TABLE orders (id bigint, total bigint, cents bigint GENERATED ALWAYS AS (total) STORED);\n" +
				"ALTER TABLE orders ALTER COLUMN cents SET EXPRESSION AS (total * 100);"}}},
		},
		Op: func(p *Pass) {
			e, ok := longestBlock(p)
			if !ok || worksOnNobodysRows(p) || onlyRefreshWaits(p, e) || p.ReportedHere() {
				return
			}
			who := "writes to"
			if e.Blocks.Has(change.Reads) {
				who = "reads and writes of"
			}
			p.Report("use the online form if there is one, else plan a maintenance window",
				"this blocks %s %s: %s", who, p.Display(e.Table), e.Why)
		},
	}
}

// worksOnNobodysRows: the work grows with a table that this file made, or only
// the refresh of a materialized view waits for it.
func worksOnNobodysRows(p *Pass) bool {
	switch p.Op.Kind() {
	case change.KindAddConstraint, change.KindAddColumn:
		return !p.OldTable()
	case change.KindCreateIndex:
		return p.State.IsView(p.Op.Head().Table)
	}
	return false
}

func everyKind() []change.Kind {
	var out []change.Kind
	for k := range change.KindCount {
		out = append(out, k)
	}
	return out
}

// longestBlock is the worst work on an old table under a lock that keeps others waiting.
func longestBlock(p *Pass) (change.Effect, bool) {
	var worst change.Effect
	for _, e := range p.Result.Effects {
		if e.Fact == "request" {
			return worst, false // the server refuses the ALGORITHM or LOCK asked for: it does nothing
		}
	}
	for _, e := range p.Effects() {
		if e.Work.Grows() && e.Blocks.Has(change.Writes) && e.Work > worst.Work && p.Old(e.Table) && !p.emptied(e.Table) {
			worst = e
		}
	}
	return worst, worst.Work.Grows()
}
