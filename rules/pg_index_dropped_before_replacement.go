package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func indexDroppedBeforeReplacement() *Rule {
	return &Rule{
		ID: "index-dropped-before-replacement", Family: Locking, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindDropIndex},
		Doc: Doc{
			Title:   "an index is dropped before the one that takes its place is built",
			Why:     "From the drop until the new index is built, which takes as long as the table is big, every query that used the old one reads the whole table. Reported once per file; severity info where the migration tool may run the file in one transaction.",
			Instead: "CREATE INDEX CONCURRENTLY of the new one first, under another name; then drop the old one, and rename if the name matters.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"},
			Aliases: []string{"replace_index", "INDEX_DROPPED"},
			Bad: []Example{{Before: "CREATE TABLE orders (id bigint, user_id bigint, at timestamptz);\nCREATE INDEX orders_user_idx ON orders (user_id);",
				Files: []string{"DROP INDEX CONCURRENTLY orders_user_idx;\nCREATE INDEX CONCURRENTLY orders_user_at_idx ON orders (user_id, at);"}}},
			Good: []Example{{Before: "CREATE TABLE orders (id bigint, user_id bigint, at timestamptz);\nCREATE INDEX orders_user_idx ON orders (user_id);",
				Files: []string{"CREATE INDEX CONCURRENTLY orders_user_at_idx ON orders (user_id, at);\nDROP INDEX CONCURRENTLY orders_user_idx;"}}},
		},
		Op: checkIndexReplaced,
	}
}

// checkIndexReplaced: in a transaction the drop shows only when the new index
// is there; that its lock is held meanwhile other rules say.
func checkIndexReplaced(p *Pass) {
	op := p.Op.(*change.DropIndex)
	ix := p.State.Index(op.Index)
	if ix == nil || len(ix.Columns) == 0 || ix.Exprs || ix.Partial || !p.Old(ix.Table) || p.State.InTx() == schema.Inside {
		return
	}
	for o := range p.later() {
		c, ok := o.(*change.CreateIndex)
		if !ok || !p.sameTable(c, ix.Table) || c.Where != nil || !standsIn(keyColumns(c), ix.Columns) || !p.Once() {
			continue
		}
		sev := Warning
		if p.State.InTx() == schema.Perhaps {
			sev = Info
		}
		p.ReportAs(sev, op.Span, "build the new index first, under another name, then drop this one", "queries that use %s read all of %s from here until the index after it is built", op.Index.Name, p.Display(ix.Table))
		return
	}
}

// standsIn: lookups by the old index's columns can use the new one.
func standsIn(now, old []string) bool {
	for _, c := range old {
		if !slices.Contains(now, c) {
			return false
		}
	}
	return len(now) > 0 && now[0] == old[0]
}
