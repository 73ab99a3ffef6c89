package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func checkNotImmutable() *Rule {
	return &Rule{
		ID: "check-not-immutable", Family: DataLoss, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindAddConstraint, change.KindAddColumn, change.KindCreateTable},
		Doc: Doc{
			Title:   "a CHECK whose outcome changes with time makes a dump that cannot be restored",
			Why:     "The server takes a CHECK's outcome to be for ever: a row is checked when it is written, not when now() moves on. pg_restore writes it again, and fails; so does any UPDATE of another column.",
			Instead: "Check it in the application or in a trigger, when the value is written.",
			Refs:    []string{"https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS"},
			Aliases: []string{"MP087"},
			Bad:     []Example{{Files: []string{"CREATE TABLE offers (id bigint, ends timestamptz CHECK (ends > now()));"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE offers (id bigint, starts timestamptz, ends timestamptz, CHECK (ends > starts));"}}},
		},
		Op: func(p *Pass) {
			for _, k := range newConstraints(p.Op) {
				if k.Kind == change.Check && k.Expr != nil && changesWithTime(k.Expr) {
					p.ReportAs(Warning, k.Span, "check it when the value is written, in the application or in a trigger", "the outcome of this CHECK changes with time: a row that passes now may fail when it is restored or updated")
				}
			}
		},
	}
}

// changesWithTime: a volatile function, or one of the session's clock, user and
// settings. Other stable functions are left out: one name may stand for an
// immutable function and a stable one, as length() does.
func changesWithTime(e *change.Expr) bool {
	return e.Volatility == change.Volatile || slices.ContainsFunc(e.Funcs, func(f string) bool {
		switch strings.TrimPrefix(f, "pg_catalog.") {
		case "now", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp",
			"transaction_timestamp", "statement_timestamp", "current_user", "session_user", "current_setting":
			return true
		}
		return false
	})
}

// newConstraints are the constraints that a change adds, those of columns too.
func newConstraints(op change.Op) []change.Constraint {
	switch op := op.(type) {
	case *change.AddConstraint:
		return []change.Constraint{op.Constraint}
	case *change.AddColumn:
		return op.Column.Constraints
	case *change.CreateTable:
		out := append([]change.Constraint(nil), op.Constraints...)
		for _, c := range op.Columns {
			out = append(out, c.Constraints...)
		}
		return out
	}
	return nil
}
