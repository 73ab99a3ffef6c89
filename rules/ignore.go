package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// ignored is a comment that takes a statement out of the judgement of some rules:
//
//	-- safemig:ignore drop-column -- no version that is running uses it
//
// It stands above its statement, or behind it on the same line. Without a reason
// it ignores nothing.
type ignored struct {
	rules  []string
	reason string
}

// readIgnore reads a comment, its marks included.
func readIgnore(text string) (ignored, bool) {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimLeft(text, "-/*# \t"), "*/"))
	text, is := strings.CutPrefix(text, "safemig:ignore ")
	if !is {
		return ignored{}, false
	}
	list, reason, _ := strings.Cut(text, "--")
	var out ignored
	out.rules = strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	out.reason = strings.TrimSpace(reason)
	return out, out.reason != "" && len(out.rules) > 0
}

// ignores says whether a comment of the statement takes it out of the rule's judgement.
func ignores(stmt *change.Stmt, rule string) bool {
	if stmt == nil {
		return false
	}
	return slices.ContainsFunc(stmt.Comments, func(c change.Comment) bool {
		i, ok := readIgnore(c.Text)
		return ok && slices.Contains(i.rules, rule)
	})
}

// takeIgnored takes out what the comments of a statement ignore of the findings
// from a place on.
func (c *Checker) takeIgnored(stmt *change.Stmt, found []Finding, from int) []Finding {
	left := slices.DeleteFunc(found[from:], func(f Finding) bool { return ignores(stmt, f.Rule) || ignores(f.Stmt, f.Rule) })
	c.suppressed += len(found) - from - len(left)
	return found[:from+len(left)]
}
