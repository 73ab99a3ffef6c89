package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// Facts is what PostgreSQL 12 to 18 does for each change. The lock of each
// ALTER TABLE subcommand is the one of AlterTableGetLockLevel in the server's
// source; work and further tables are those that servers show.
func Facts() *fact.Table {
	return fact.NewTable(slices.Concat(
		columnFacts(), typeFacts(), constraintFacts(), indexFacts(), tableFacts(),
		partitionFacts(), dataFacts(), objectFacts(), silentFacts(),
	), nil)
}

const manual = "https://www.postgresql.org/docs/current/"

// effect is a lock with its work; page is the manual's page.
func effect(lock change.Lock, work change.Work, page, why string) change.Effect {
	return change.Effect{Lock: lock, Blocks: lock.Blocks(), Work: work, Why: why, Ref: manual + page}
}

// tree is the change's table with all its partitions, as far as they are known.
func tree(c *fact.Ctx) []change.Name {
	return withParts(c, c.Op.Head().Table)
}

func withParts(c *fact.Ctx, n change.Name) []change.Name {
	out := []change.Name{n}
	t := c.State.Table(n)
	if t == nil {
		return out
	}
	for _, p := range t.Partitions {
		out = append(out, withParts(c, p)...)
	}
	return out
}

// nothing is for changes that touch no table.
func nothing(*fact.Ctx) []change.Name { return nil }

// one makes a list of a name, empty where there is none.
func one(n change.Name) []change.Name {
	if n.IsZero() {
		return nil
	}
	return []change.Name{n}
}

// silentFacts are statements that lock no table.
func silentFacts() []fact.Row {
	return []fact.Row{
		{ID: "transaction-control", Kind: change.KindTxControl, On: nothing},
		{ID: "setting", Kind: change.KindSetOption, On: nothing},
	}
}
