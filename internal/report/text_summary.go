package report

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/rules"
)

// summary is the last lines of a report.
func (t *textReport) summary(r *Lint, worst worst) string {
	var b strings.Builder
	b.WriteString(t.verdict(r) + "\n")
	if note := versionNote(r.Targets); note != "" {
		b.WriteString(note + "\n")
	}
	if worst.rule != "" {
		b.WriteString("for more: safemig explain " + worst.rule + "\n")
	}
	return b.String()
}

func (t *textReport) verdict(r *Lint) string {
	s := r.Summary
	if s.Files == 0 && len(r.Problems) > 0 {
		return t.outcome(r) + ", nothing judged"
	}
	if s.Errors+s.Warnings+s.Infos == 0 {
		return t.outcome(r) + ": " + count(s.Files, "file", "files") + ", " +
			count(s.Statements, "statement", "statements") + ", nothing found" + inBrackets(s.remarks())
	}
	var found []string
	add := func(n int, sev rules.Severity, one, many string) {
		if n > 0 {
			found = append(found, t.palette.severity(sev).Sprint(count(n, one, many)))
		}
	}
	add(s.Errors, rules.Error, "error", "errors")
	add(s.Warnings, rules.Warning, "warning", "warnings")
	add(s.Infos, rules.Info, "note", "notes")
	remarks := append([]string{count(s.Statements, "statement", "statements")}, s.remarks()...)
	if len(r.Problems) > 0 {
		remarks = append(remarks, t.outcome(r))
	}
	return strings.Join(found, ", ") + " in " + count(s.Files, "file", "files") + inBrackets(remarks)
}

// outcome never says ok where something could not be judged.
func (t *textReport) outcome(r *Lint) string {
	if len(r.Problems) == 0 {
		return t.palette.good.Sprint("ok")
	}
	return t.palette.severity(rules.Error).Sprint("no verdict on " + count(len(r.Problems), "input", "inputs"))
}

func (s Summary) remarks() []string {
	var out []string
	if s.Opaque > 0 {
		out = append(out, strconv.Itoa(s.Opaque)+" not understood")
	}
	if s.Suppressed > 0 {
		out = append(out, strconv.Itoa(s.Suppressed)+" suppressed")
	}
	if s.Baseline > 0 {
		out = append(out, strconv.Itoa(s.Baseline)+" in the baseline")
	}
	if s.Hidden > 0 {
		out = append(out, count(s.Hidden, "finding", "findings")+" below --min-severity")
	}
	return out
}

func inBrackets(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// worst is the rule of the first of the most severe findings.
type worst struct {
	rule     string
	severity rules.Severity
}

func (w *worst) add(f *Finding) {
	if w.rule == "" || f.Severity > w.severity {
		*w = worst{f.Rule, f.Severity}
	}
}

func worstOf(findings []Finding) worst {
	var w worst
	for i := range findings {
		w.add(&findings[i])
	}
	return w
}
