package report

import (
	"cmp"
	"strings"

	"github.com/safemig/safemig/rules"
)

// GitHub cuts a description that is longer, and refuses a rule without one.
// https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support#reportingdescriptor-object
const mostDescription = 1024

// sarifRules describes the rules that found something, in their order, and says
// at which place each is.
func (r *Lint) sarifRules() (list []sarifRule, at map[string]int) {
	found := map[string]*Finding{}
	var order []string
	for i := range r.Findings {
		f := &r.Findings[i]
		if found[f.Rule] == nil {
			found[f.Rule] = f
			order = append(order, f.Rule)
		}
	}
	known := map[string]*rules.Rule{}
	for _, rule := range r.Rules {
		known[rule.ID] = rule
	}
	list, at = make([]sarifRule, 0, len(order)), map[string]int{}
	for i, id := range order {
		at[id] = i
		list = append(list, sarifRuleOf(known[id], found[id]))
	}
	return list, at
}

// sarifRuleOf describes a rule; one that is not known by what it found.
func sarifRuleOf(rule *rules.Rule, f *Finding) sarifRule {
	out := sarifRule{
		ID: f.Rule, Name: pascal(f.Rule), Short: sarifText{Text: f.Rule}, Full: sarifText{Text: f.Rule}, HelpURI: f.url(),
		Help: sarifHelp{Text: f.url(), Markdown: f.url()}, Default: sarifDefault{Level: sarifLevel(f.Severity)},
		Properties: sarifRuleProperties{Severity: problemSeverity(f.Severity), Tags: []string{"database"}},
	}
	if rule == nil {
		return out
	}
	severity := rule.Severity
	if s, err := rules.ParseSeverity(rule.InForce()); err == nil {
		severity = s
	}
	out.Short.Text = sarifMessage(upperFirst(oneLine(rule.Doc.Title)) + ".")
	out.Full.Text = sarifMessage(shorten(cmp.Or(oneLine(rule.Doc.Why), f.Rule), mostDescription))
	out.Help.Text = sarifMessage(strings.TrimSpace(oneLine(rule.Doc.Why) + "\n\nInstead: " + clean(rule.Doc.Instead)))
	out.Help.Markdown = sarifMessage(rule.Markdown())
	out.Default.Level, out.Properties.Severity = sarifLevel(severity), problemSeverity(severity)
	out.Properties.Precision = "high"
	out.Properties.Tags = append(out.Properties.Tags, string(rule.Family))
	return out
}

// problemSeverity is a level in the words of GitHub.
func problemSeverity(s rules.Severity) string {
	switch s {
	case rules.Error:
		return "error"
	case rules.Warning:
		return "warning"
	}
	return "recommendation"
}

// pascal is a rule's id as the names of SARIF are written.
func pascal(id string) string {
	var b strings.Builder
	for _, word := range strings.Split(id, "-") {
		if word != "" {
			b.WriteString(upperFirst(word))
		}
	}
	return b.String()
}
