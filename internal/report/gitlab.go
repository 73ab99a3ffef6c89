package report

import (
	"io"

	"github.com/safemig/safemig/rules"
)

// gitlabIssue is an issue of GitLab's code quality report.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

// GitLab writes GitLab's code quality report. GitLab shows one issue for each
// fingerprint, and compares those of two branches.
func GitLab(w io.Writer, r *Lint) error {
	list := r.Place.rebased(r.everything())
	prints := Fingerprints(list)
	out := make([]gitlabIssue, 0, len(list))
	for i := range list {
		f := &list[i]
		out = append(out, gitlabIssue{
			Description: f.sentence(), CheckName: f.Rule, Fingerprint: prints[i], Severity: gitlabSeverity(f),
			Location: gitlabLocation{Path: f.Path, Lines: gitlabLines{Begin: f.Start.Line, End: f.End.Line}},
		})
	}
	return encode(w, out)
}

func gitlabSeverity(f *Finding) string {
	switch {
	case f.Rule == NoVerdict:
		return "blocker"
	case f.Severity == rules.Error:
		return "critical"
	case f.Severity == rules.Warning:
		return "major"
	}
	return "info"
}

// sentence is the message and what to do instead, on one line.
func (f *Finding) sentence() string {
	out := oneLine(f.Message)
	if f.Help != "" {
		out += "; instead: " + oneLine(f.Help)
	}
	return out
}
