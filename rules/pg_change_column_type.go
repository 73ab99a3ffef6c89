package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func changeColumnType() *Rule {
	return &Rule{
		ID: "change-column-type", Family: Locking, Severity: Error, Dialects: []string{"postgres"}, Recipe: "change-type",
		Kinds: []change.Kind{change.KindAlterColumnType},
		Doc: Doc{
			Title: "ALTER COLUMN TYPE rewrites the table",
			Why: "Most changes of type write every row again and build every index of the column again, under ACCESS EXCLUSIVE: nobody can read or write the table. " +
				"Changes that keep the stored bytes do not: a longer or unlimited varchar, varchar to text, a wider numeric of the same scale, a higher precision of timestamps, cidr to inet; " +
				"safemig is silent on them where it knows the old type from earlier files or --schema.",
			Instead: "Add a column of the new type, keep both in step with a trigger, fill the old rows in batches, then swap the names.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"},
			Aliases: []string{"changing-column-type", "E5", "change_column", "PG301"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id int PRIMARY KEY);", Files: []string{"ALTER TABLE orders ALTER COLUMN id TYPE bigint;"}}},
			Good:    []Example{{Before: "CREATE TABLE users (id int PRIMARY KEY, name varchar(40));", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name TYPE varchar(80);"}}},
		},
		Op: checkChangeColumnType,
	}
}

func checkChangeColumnType(p *Pass) {
	op := p.Op.(*change.AlterColumnType)
	e, ok := p.EffectOn(op.Table)
	if !ok || !e.Work.Grows() || !p.OldTable() {
		return
	}
	const help = "add a column of the new type, keep it in step with a trigger, fill it in batches, then swap the names"
	to := p.Text(op.Type.Span)
	switch {
	case e.Fact == "alter-type-unknown" && oftenSafe(op.Type):
		p.ReportAs(Warning, op.Span, "give safemig the earlier migrations or --schema, so that it knows the column's type; if it is not a narrower form of "+to+", the table is rewritten",
			"changing %s.%s to %s may rewrite %s: its type so far is not known", p.Table(), op.Column, to, p.Table())
	case e.Work == change.Rewrite:
		p.Report(help, "changing %s.%s to %s rewrites %s: no reads, no writes until it is done", p.Table(), op.Column, to, p.Table())
	case e.Work == change.Scan:
		p.Report("drop the CHECK first and add it again as NOT VALID afterwards, then VALIDATE CONSTRAINT",
			"changing %s.%s to %s blocks reads and writes until its CHECK is tried on every row", p.Table(), op.Column, to)
	default:
		p.Report(help, "changing %s.%s to %s blocks reads and writes until its indexes are built again", p.Table(), op.Column, to)
	}
}

// oftenSafe are the types that most columns reach by a widening.
func oftenSafe(t change.Type) bool {
	return slices.Contains([]string{"text", "character varying", "numeric", "inet", "timestamp with time zone", "timestamp without time zone"}, t.Name)
}
