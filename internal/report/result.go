// Package report turns results into what people and programs read. Its
// functions are pure: they get a result and write text. It is the one place
// where byte offsets become lines and columns.
package report

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/rules"
)

// Lint is the outcome of judging migrations.
type Lint struct {
	Targets  []fact.Target // the servers judged for, in the order they come up
	Findings []Finding     // by group, file and place
	Summary  Summary
	Problems []Problem // what there is no verdict on
	Unknown  []Finding // the statements that are not understood, by NewUnknown
	Files    []string  // the paths that were judged
	Place    Place
	Rules    []*rules.Rule  // those that may have found something
	FailOn   rules.Severity // findings below it are no failures
	Safemig  string         // its version
}

// Summary counts what was looked at and what was found.
type Summary struct {
	Files        int `json:"files"`
	Statements   int `json:"statements"`
	Errors       int `json:"errors"`
	Warnings     int `json:"warnings"`
	Infos        int `json:"infos"`
	Opaque       int `json:"opaque"`        // statements that parse but are not understood
	SyntaxErrors int `json:"syntax_errors"` // statements that do not parse
	Suppressed   int `json:"suppressed"`
	Baseline     int `json:"baseline"` // findings that a baseline has already
	// Hidden are findings below the severity that was asked for.
	Hidden int `json:"-"`
}

// Count adds one finding of a severity.
func (s *Summary) Count(sev rules.Severity) {
	switch sev {
	case rules.Error:
		s.Errors++
	case rules.Warning:
		s.Warnings++
	case rules.Info:
		s.Infos++
	}
}

// Finding is one finding with all that a report needs, so that the file it was
// made in need not be kept.
type Finding struct {
	Rule      string
	Severity  rules.Severity
	Dialect   string
	Path      string
	Start     Position
	End       Position // behind the last character
	Statement int      // from 0; NoStatement for a finding about the file
	Message   string
	Help      string
	Recipe    string
	Effects   []change.Effect
	Frame     Frame
	Custom    bool // found by a rule of the project's own
	// StatementHash is that of Key.
	StatementHash string
	// Edit makes the file safe without another one; nil where that is not known.
	// It cures all that its plan cures, and stands at the first of those findings.
	Edit *Edit
}

// NoStatement is the number of a finding that is about a whole file.
const NoStatement = -1

// Locate fills in the places of a finding. The locator must be that of the
// finding's script, made from Script.Raw.
func Locate(f rules.Finding, dialect string, at *Locator) Finding {
	span, statement := f.Span, NoStatement
	var whole change.Span
	if f.Stmt != nil {
		statement, whole = f.Stmt.Index, f.Script.Place(f.Stmt.Span)
		if !span.Valid() {
			span = whole
		}
	}
	out := Finding{
		Rule: f.Rule, Severity: f.Severity, Dialect: dialect, Path: f.Script.Path,
		Start: at.At(span.Start), End: at.At(span.End), Statement: statement,
		Message: f.Message, Help: f.Help, Recipe: f.Recipe, Effects: f.Effects, Custom: f.Custom,
		StatementHash: at.statementHash(&f, whole),
	}
	if span.Valid() {
		out.Frame = newFrame(at, span, whole)
	}
	return out
}

const home = "https://github.com/safemig/safemig"

// DocsURL begins the addresses of all pages of the documentation.
const DocsURL = home + "/blob/main/docs/"

// RuleURL is the page about a rule; for those of a project's own it is the one
// that says how such rules are declared.
func RuleURL(id string, custom bool) string {
	if custom {
		return DocsURL + "configuration.md#custom-rules"
	}
	return DocsURL + "rules/" + id + ".md"
}

// versionNote says which version was assumed, or nothing.
func versionNote(targets []fact.Target) string {
	note := ""
	for _, t := range targets {
		if !t.Assumed {
			continue
		}
		if note != "" {
			note += " and "
		}
		note += fmt.Sprintf("%s %s", t.Name(), t.Version)
	}
	if note == "" {
		return ""
	}
	return "judged for " + note + ", the oldest supported; set --server-version to yours"
}
