package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func publishedTableChanged() *Rule {
	return &Rule{
		ID: "published-table-changed", Family: Compatibility, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindAddColumn, change.KindRenameColumn, change.KindRenameTable},
		Doc: Doc{
			Title: "a published table gets a column or name that its subscribers do not have",
			Why: "Logical replication carries no DDL over. With the first row that is written after the change the subscriber stops " +
				"(target relation is missing replicated column, or does not exist), for all tables of the subscription, and tries again for ever. " +
				"Meanwhile the publisher keeps all its WAL, until its disk is full. " +
				"Silent for a column of a table of which the publication lists the columns, and for a generated one: neither is sent.",
			Instead: "A column: add it to the subscribers first, where it does no harm. A name: make the change in steps, each on the subscribers too. Readers that are no PostgreSQL (Debezium and the like) may follow by themselves: ignore the finding with that reason.",
			Refs:    []string{"https://www.postgresql.org/docs/current/logical-replication-restrictions.html", "https://www.postgresql.org/docs/current/logical-replication-subscription.html"},
			Bad: []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE PUBLICATION shop FOR TABLE orders;",
				Files: []string{"SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;"}}},
			Good: []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);\nCREATE PUBLICATION shop FOR TABLE orders (id, total);", Version: "15",
				Files: []string{"SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;"}}},
		},
		Op: checkPublishedTableChanged,
	}
}

func checkPublishedTableChanged(p *Pass) {
	if !p.OldTable() {
		return
	}
	table := p.Op.Head().Table
	switch op := p.Op.(type) {
	case *change.AddColumn:
		if op.Column.Generated != nil {
			return // a subscriber computes its own
		}
		leavesSubscribers(p, p.State.PublishedWhole(table), p.Table(), "they have its column "+op.Column.Name+" too",
			"add "+op.Column.Name+" to the subscribers' "+p.Table()+" first")
	case *change.RenameColumn:
		leavesSubscribers(p, p.State.PublishedWith(table, op.From), p.Table(), "they too call its column "+op.From+" "+op.To,
			"rename it in steps: a new column beside the old one, on the subscribers first")
	case *change.RenameTable:
		leavesSubscribers(p, p.State.PublishedAtAll(table), p.Display(op.To), "they have it under that name",
			"keep the name, or let the subscribers have a table of the new name and publish that first")
	}
}

func leavesSubscribers(p *Pass, publications []string, table, until, instead string) {
	if len(publications) > 0 {
		p.Report(instead, "subscribers of %s stop at the next row of %s, until %s", strings.Join(publications, ", "), table, until)
	}
}
