package lsp

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

// source is who the client says that a diagnostic is from.
const source = "safemig"

// diagnostics is all that there is to say of a document. There is no verdict
// without a diagnostic that says so.
func (s *Server) diagnostics(d *document, v *Verdict) []diagnostic {
	out := []diagnostic{}
	for _, p := range v.Problems {
		out = append(out, diagnostic{Range: d.firstLine(), Severity: severityError, Source: source, Message: "no verdict: " + p})
	}
	if len(v.Mistakes) > 0 {
		out = append(out, d.withoutConfiguration(v.Mistakes))
	}
	if len(v.Earlier) > 0 {
		out = append(out, d.behindUnread(v.Earlier))
	}
	for i := range v.Findings {
		out = append(out, d.diagnostic(&v.Findings[i]))
	}
	for i := range v.Unknown {
		u := &v.Unknown[i]
		out = append(out, diagnostic{Range: d.findingRange(u), Severity: severityHint, Code: u.Rule, Source: source, Message: u.Message})
	}
	return out
}

func (d *document) diagnostic(f *report.Finding) diagnostic {
	out := diagnostic{
		Range: d.findingRange(f), Severity: severityOf(f.Severity), Code: f.Rule, Source: source, Message: f.Message,
		CodeDescription: &codeDescription{Href: report.RuleURL(f.Rule, f.Custom)},
	}
	if f.Help != "" {
		out.Message += "\ninstead: " + f.Help
	}
	return out
}

// findingRange is the place of a finding; what is about the whole file is shown on its first line.
func (d *document) findingRange(f *report.Finding) textRange {
	if f.End.Offset <= f.Start.Offset {
		return d.firstLine()
	}
	return d.text.rangeOf(change.Span{Start: f.Start.Offset, End: f.End.Offset})
}

func (d *document) firstLine() textRange {
	return d.text.rangeOf(change.Span{Start: 0, End: d.text.end(0)})
}

// withoutConfiguration says that there is no verdict because of the configuration.
func (d *document) withoutConfiguration(mistakes []Mistake) diagnostic {
	out := diagnostic{Range: d.firstLine(), Severity: severityError, Source: source}
	var texts []string
	shown := mistakesShown(mistakes)
	for i, m := range mistakes {
		texts = append(texts, m.Message)
		out.Related = append(out.Related, related{Location: location{URI: uriOf(m.File), Range: shown[i].Range}, Message: m.Message})
	}
	out.Message = "no verdict, because the configuration cannot be used: " + strings.Join(texts, "; ")
	return out
}

// mostRelated is how many files one diagnostic names.
const mostRelated = 10

// behindUnread says that the file is judged without all that comes before it.
func (d *document) behindUnread(earlier []Earlier) diagnostic {
	out := diagnostic{Range: d.firstLine(), Severity: severityWarning, Source: source}
	for _, e := range earlier[:min(len(earlier), mostRelated)] {
		out.Related = append(out.Related, related{Location: location{URI: uriOf(e.Path)}, Message: e.Message})
	}
	out.Message = "what earlier files make is not known: " + filepath.Base(earlier[0].Path) + " cannot be read: " + earlier[0].Message
	if more := len(earlier) - 1; more > 0 {
		out.Message += fmt.Sprintf(" (and %d more)", more)
	}
	return out
}

func severityOf(s rules.Severity) int {
	switch s {
	case rules.Error:
		return severityError
	case rules.Warning:
		return severityWarning
	}
	return severityInformation
}
