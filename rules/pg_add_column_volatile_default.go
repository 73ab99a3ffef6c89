package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func addColumnVolatileDefault() *Rule {
	return &Rule{
		ID: "add-column-volatile-default", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "add-column-backfill",
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title: "adding a column with a volatile default rewrites the table",
			Why: "A constant or stable default (also now()) is computed once and stored in the catalogue. A volatile one, such as random() or gen_random_uuid(), " +
				"is computed for each row: the whole table is written again under ACCESS EXCLUSIVE, and nobody can read or write it. " +
				"A function that safemig does not know may be volatile: that is a warning.",
			Instead: "Add the column without a default, SET DEFAULT for new rows in a second statement, and fill the old rows in batches.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES", "https://www.postgresql.org/docs/current/xfunc-volatility.html"},
			Aliases: []string{"adding-field-with-default", "add_column_default", "PG302"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint PRIMARY KEY);", Files: []string{"ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();"}}},
			Good: []Example{
				{Before: "CREATE TABLE orders (id bigint PRIMARY KEY);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN token uuid;\nALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();"}},
				{Before: "CREATE TABLE orders (id bigint PRIMARY KEY);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();"}},
			},
		},
		Op: checkVolatileDefault,
	}
}

func checkVolatileDefault(p *Pass) {
	c := &p.Op.(*change.AddColumn).Column
	e, ok := p.EffectOn(p.Op.Head().Table)
	if c.Default == nil || !ok || !p.OldTable() {
		return
	}
	const help = "add the column without a default, then SET DEFAULT, then fill the old rows in batches"
	switch e.Fact {
	case "add-column-volatile-default":
		p.Report(help, "the volatile default of %s rewrites %s: no reads, no writes until it is done", c.Name, p.Table())
	case "add-column-unknown-default":
		p.ReportAs(Warning, p.Op.Head().Span, help,
			"the default of %s calls %s, which is not known: if it is VOLATILE, %s is rewritten", c.Name, strings.Join(c.Default.Funcs, ", "), p.Table())
	}
}
