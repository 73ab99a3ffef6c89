package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/safemig/safemig/dialect/change"
)

// Patterns match a name where one of them does; nil stands for no condition.
type Patterns []string

// NewPatterns checks patterns: * stands for any text, ? for one character,
// [a-c] for one of several, {a,b} for one of several texts.
func NewPatterns(list ...string) (Patterns, error) {
	for _, p := range list {
		if p == "" || !doublestar.ValidatePattern(flat(p)) {
			return nil, fmt.Errorf("%q is not a pattern such as billing_* or {orders,invoices}", p)
		}
	}
	return slices.Clone(list), nil
}

// flat: a slash is nothing special in the names of tables.
func flat(text string) string { return strings.ReplaceAll(text, "/", "\x1f") }

// match says whether a pattern matches. MySQL and MariaDB compare the names of
// columns without regard to case, and those of tables where the file system does;
// a rule that must not be missed does so everywhere.
// https://dev.mysql.com/doc/refman/8.4/en/identifier-case-sensitivity.html
func (list Patterns) match(p *Pass, name string) bool {
	return slices.ContainsFunc(list, func(pattern string) bool {
		if p.Target.Dialect != "postgres" {
			pattern, name = strings.ToLower(pattern), strings.ToLower(name)
		}
		return name != "" && doublestar.MatchUnvalidated(flat(pattern), flat(name))
	})
}

// matchTable: a pattern with a dot is for the schema and the table, one without
// for the table in any schema.
func (list Patterns) matchTable(p *Pass, name change.Name) bool {
	full := p.State.Resolve(name).String()
	return slices.ContainsFunc(list, func(pattern string) bool {
		one := Patterns{pattern}
		if strings.Contains(pattern, ".") {
			return one.match(p, full)
		}
		return one.match(p, name.Name)
	})
}

// column is the column that matches; without a pattern those of the change,
// for its message.
func (m *Match) column(p *Pass) (string, bool) {
	names := columnsOf(p.Op)
	if m.Column == nil {
		return strings.Join(names, ", "), true
	}
	i := slices.IndexFunc(names, func(name string) bool { return m.Column.match(p, name) })
	if i < 0 {
		return "", false
	}
	return names[i], true
}
