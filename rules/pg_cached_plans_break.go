package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func cachedPlansBreak() *Rule {
	return &Rule{
		ID: "cached-plans-break", Family: Compatibility, Severity: Info, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindAlterColumnType},
		Doc: Doc{
			Title: "a change of type breaks prepared statements of open connections",
			Why: "A prepared statement that returns the column fails once with \"cached plan must not change result type\", even where the change rewrites nothing; drivers and poolers that prepare by themselves fail until they prepare anew. " +
				"In a transaction it cannot be tried again. The same happens to SELECT * when a column is added, which this rule does not report: name the columns.",
			Instead: "Make sure that the driver prepares again after this error (pgx, Rails and Npgsql do outside of transactions), or recycle the connections, or DISCARD PLANS.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-prepare.html", "https://www.postgresql.org/docs/current/sql-discard.html"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint, name varchar(40));", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name TYPE text;"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint, name varchar(40));\nALTER TABLE users ALTER COLUMN name TYPE text;"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.AlterColumnType)
			if e, ok := p.EffectOn(op.Table); !ok || e.Work.Grows() || !p.OldTable() || p.keepsType(op) || !p.Once() {
				return
			}
			p.Report("make sure that the driver prepares again after the error, or recycle its connections",
				"prepared statements of open connections that return %s.%s fail once: cached plan must not change result type", p.Table(), op.Column)
		},
	}
}

// keepsType: tools write the type again to say something else of the column.
func (p *Pass) keepsType(op *change.AlterColumnType) bool {
	t := p.State.Table(op.Table)
	if t == nil || t.Column(op.Column) == nil {
		return false
	}
	old := t.Column(op.Column).Type()
	return integerOf(old.Name) == op.Type.Name && old.Schema == op.Type.Schema && old.Dims == op.Type.Dims && slices.Equal(old.Args, op.Type.Args)
}
