package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// Suppression takes findings out of the judgement from outside of the files: many
// migration tools keep a checksum of what they ran, comments included.
type Suppression struct {
	Files func(path string) bool // which files it is for
	Rules []string
	Until string // the last day on which it holds, as 2026-12-31; empty: for ever

	used map[string]bool // by rule
}

// Suppress has the checker leave out what suppressions are for. Several checkers
// may share them, one after the other.
func (c *Checker) Suppress(list []*Suppression) { c.outside = list }

// Expired says whether the suppression has come to its end.
func (s *Suppression) Expired() bool { return s.Until != "" && s.Until < Today() }

// Used says whether anything was found that the suppression is for.
func (s *Suppression) Used(rule string) bool { return s.used[rule] }

func (c *Checker) suppressedOutside(f *Finding) bool {
	for _, s := range c.outside {
		if s.Expired() || !slices.Contains(s.Rules, f.Rule) || !s.Files(f.Script.Path) {
			continue
		}
		if s.used == nil {
			s.used = map[string]bool{}
		}
		s.used[f.Rule] = true
		return true
	}
	return false
}

// About is a finding of a rule that the caller has made itself: about a file that
// is no migration, or is none any more. There is none where the rule is off.
func About(list []*Rule, id string, script *change.Script, span change.Span, help, message string) (Finding, bool) {
	i := slices.IndexFunc(list, func(r *Rule) bool { return r.ID == id })
	if i < 0 {
		return Finding{}, false
	}
	f := Finding{Rule: id, Severity: list[i].chosen(list[i].Severity), Script: script, Span: span, Help: help, Message: message}
	return f, f.Severity != muted
}
