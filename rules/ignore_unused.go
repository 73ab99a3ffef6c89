package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func ignoreUnused() *Rule {
	return &Rule{
		ID: "ignore-unused", Family: Input, Severity: Warning,
		Doc: Doc{
			Title: "a comment or a suppression ignores nothing",
			Why: "An ignore whose reason has gone hides the next finding of that rule at the same place, which nobody has looked at. " +
				"One that stands too far above its statement hides nothing, and its author does not know. " +
				"It is said only of rules that were asked: not of those that are off or for another server, and not where the statement could not be read.",
			Instead: "Take it out, or put it right above the statement that it is for.",
			Refs:    []string{ignoring},
			Aliases: []string{"unused-ignore", "stale-disable", "suppression-unused"},
			Bad: []Example{
				{Files: []string{"-- safemig:ignore drop-column -- nobody reads it\nCREATE TABLE notes (id bigint PRIMARY KEY);"}},
				{Files: []string{"-- safemig:ignore drop-table -- nobody uses it\n\nDROP TABLE notes;"}},
			},
			Good: []Example{{Files: []string{"SET lock_timeout = '2s';\n-- safemig:ignore drop-table -- nobody uses it\nDROP TABLE notes;"}}},
		},
		End: func(p *Pass) {
			for _, m := range p.checker.marks {
				for _, n := range p.checker.idle(p.Script, m) {
					p.unused(m, n)
				}
			}
		},
	}
}

// unused reports what a mark names for nothing.
func (p *Pass) unused(m *mark, n ignoredRule) {
	switch {
	case m.wide:
		p.ReportAs(p.rule.Severity, n.span, "take it out", "%s finds nothing in this file that is to be ignored", n.id)
	case m.lost != "":
		p.ReportAs(p.rule.Severity, n.span,
			"move it right above the statement, or behind it on the same line; safemig:ignore-file is for the whole file",
			"%s is ignored nowhere: %s", n.id, m.lost)
	default:
		p.ReportAs(p.rule.Severity, n.span, "take it out", "%s finds nothing here that is to be ignored", n.id)
	}
}

// idle are the rules that a mark names for nothing.
func (c *Checker) idle(script *change.Script, m *mark) []ignoredRule {
	var out []ignoredRule
	if !m.holds(Today()) || m.foreign != "" || m.wide && script.More || !m.wide && m.seen {
		return nil
	}
	for _, n := range m.names {
		if !n.used && c.Asked(n.id) && c.judged(script, m, n.id) {
			out = append(out, n)
		}
	}
	return out
}

// Idle is a comment of which a part, or all, ignores nothing.
type Idle struct {
	Stmt *change.Stmt // that it stands at
	Span change.Span
	Left string // the comment without that part; empty where nothing is left
}

// Idle are such comments of the file judged last, for those who write such files.
func (c *Checker) Idle(script *change.Script) []Idle {
	var out []Idle
	for _, m := range c.marks {
		idle := c.idle(script, m)
		if len(idle) == 0 || m.stmt == nil {
			continue
		}
		var left []string
		for _, n := range m.names {
			if !slices.Contains(idle, n) {
				left = append(left, n.id)
			}
		}
		found := Idle{Stmt: m.stmt, Span: m.span}
		if len(left) > 0 {
			found.Left = m.text(left)
		}
		out = append(out, found)
	}
	return out
}

// Asked says whether a rule looks at the files. Those about comments, and those that
// compare with another branch, do not count: they look at some.
func (c *Checker) Asked(id string) bool {
	return slices.ContainsFunc(c.rules, func(r *Rule) bool { return r.ID == id && r.End == nil && !r.OnBase })
}

// judged says whether what the mark is for could be judged.
func (c *Checker) judged(script *change.Script, m *mark, id string) bool {
	if id == "syntax-error" || !m.wide && m.lost != "" {
		return true
	}
	if m.wide {
		return len(c.unknown) == 0 && !slices.ContainsFunc(script.Stmts, func(stmt *change.Stmt) bool { return stmt.Err != nil })
	}
	_, unknown := slices.BinarySearchFunc(c.unknown, m.stmt.Index, func(stmt *change.Stmt, index int) int { return stmt.Index - index })
	return m.stmt.Err == nil && !unknown
}
