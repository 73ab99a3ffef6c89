package config

import (
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// customRules reads the project's own rules. Their ids must not clash with those
// that are there.
func (r *reader) customRules(n ast.Node, taken []*rules.Rule) []*rules.Rule {
	var out []*rules.Rule
	for _, item := range r.list(n, "custom-rules") {
		rule, id := r.customRule(item)
		if rule == nil {
			continue
		}
		if slices.ContainsFunc(slices.Concat(taken, out), func(other *rules.Rule) bool { return other.ID == rule.ID }) {
			r.wrongf(id, "there is a rule %q already", rule.ID)
			continue
		}
		out = append(out, rule)
	}
	return out
}

// customRule reads one rule, and says where its id stands.
func (r *reader) customRule(n ast.Node) (*rules.Rule, ast.Node) {
	var c rules.Custom
	id, before := n, len(r.wrong)
	r.keys(n, "a custom rule",
		key{"id", func(n ast.Node) { c.ID, _ = r.text(n, "id"); id = n }},
		key{"match", func(n ast.Node) { c.Match = r.match(n) }},
		key{"severity", func(n ast.Node) { c.Severity = r.severity(n) }},
		key{"message", func(n ast.Node) { c.Message = r.message(n) }},
		key{"help", func(n ast.Node) { c.Help, _ = r.text(n, "help") }},
	)
	if len(r.wrong) > before {
		return nil, id
	}
	rule, err := rules.NewCustom(c)
	if err != nil {
		r.wrongf(id, "%v", err)
		return nil, id
	}
	return rule, id
}

func (r *reader) match(n ast.Node) rules.Match {
	var m rules.Match
	r.keys(n, "match",
		key{"change", func(n ast.Node) { m.Changes = r.changes(n) }},
		key{"table", func(n ast.Node) { m.Table = r.patterns(n, "table") }},
		key{"column", func(n ast.Node) { m.Column = r.patterns(n, "column") }},
		key{"effect", func(n ast.Node) { m.Effect = r.effect(n) }},
		key{"new-table", func(n ast.Node) { m.NewTable = r.truth(n, "new-table") }},
		key{"in-transaction", func(n ast.Node) { m.InTransaction = r.truth(n, "in-transaction") }},
		key{"dialect", func(n ast.Node) { m.Dialects = r.someOf(n, "dialect", []string{"postgres", "mysql", "mariadb"}) }},
	)
	return m
}

func (r *reader) changes(n ast.Node) []change.Kind {
	var names []string
	for k := range change.KindCount {
		names = append(names, k.String())
	}
	var out []change.Kind
	for _, item := range r.list(n, "change") {
		if v, ok := r.oneOf(item, "change", names); ok {
			k, _ := change.KindNamed(v)
			out = append(out, k)
		}
	}
	return out
}

func (r *reader) patterns(n ast.Node, what string) rules.Patterns {
	var out rules.Patterns
	for _, item := range r.list(n, what) {
		v, ok := r.text(item, what)
		if !ok {
			continue
		}
		one, err := rules.NewPatterns(v)
		if err != nil {
			r.wrongf(item, "%s %v", what, err)
			continue
		}
		out = append(out, one...)
	}
	return out
}

func (r *reader) severity(n ast.Node) rules.Severity {
	v, ok := r.oneOf(n, "severity", []string{"error", "warning", "info"})
	if !ok {
		return 0
	}
	s, err := rules.ParseSeverity(v)
	if err != nil {
		r.wrongf(n, "%v", err)
	}
	return s
}

func (r *reader) message(n ast.Node) rules.Template {
	v, ok := r.text(n, "message")
	if !ok {
		return rules.Template{}
	}
	t, err := rules.NewTemplate(v)
	if err != nil {
		r.wrongf(n, "%v", err)
	}
	return t
}

// effect reads what a table must have to bear.
func (r *reader) effect(n ast.Node) rules.EffectMatch {
	var m rules.EffectMatch
	before := len(r.wrong)
	r.keys(n, "effect",
		key{"blocks", func(n ast.Node) { m.Blocks = r.blocks(n) }},
		key{"work", func(n ast.Node) {
			if v, ok := r.oneOf(n, "work", namesFrom(change.Metadata, change.Rewrite)); ok {
				m.Work, _ = change.WorkNamed(v)
			}
		}},
		key{"lock", func(n ast.Node) { m.Lock = r.lock(n) }},
	)
	if m.IsZero() && len(r.wrong) == before {
		r.wrongf(n, "effect is empty: it needs blocks, work or lock")
	}
	return m
}

// lock is a lock mode, in any case.
func (r *reader) lock(n ast.Node) change.Lock {
	v, ok := r.text(n, "lock")
	if !ok {
		return change.NoLock
	}
	if l, known := change.LockNamed(v); known {
		return l
	}
	r.unknown(n, "lock", v, namesFrom(change.AccessShare, change.AccessExclusive))
	return change.NoLock
}

func (r *reader) blocks(n ast.Node) change.Access {
	v, _ := r.oneOf(n, "blocks", []string{"reads", "writes"})
	switch v {
	case "reads":
		return change.Reads
	case "writes":
		return change.Writes
	}
	return 0
}

// namesFrom are the names of a scale from one value to another.
func namesFrom[T interface {
	~uint8
	String() string
}](first, last T) []string {
	var out []string
	for v := first; v <= last; v++ {
		out = append(out, v.String())
	}
	return out
}
