package report

import (
	"io"

	"github.com/safemig/safemig/rules"
)

// The diagnostic format of reviewdog. Its columns count bytes.
// https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
type (
	rdResult struct {
		Source      rdSource       `json:"source"`
		Severity    string         `json:"severity,omitempty"`
		Diagnostics []rdDiagnostic `json:"diagnostics"`
	}
	rdSource struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	rdDiagnostic struct {
		Message     string         `json:"message"`
		Location    rdLocation     `json:"location"`
		Severity    string         `json:"severity"`
		Code        rdCode         `json:"code"`
		Suggestions []rdSuggestion `json:"suggestions,omitempty"`
	}
	rdSuggestion struct {
		Range rdRange `json:"range"`
		Text  string  `json:"text"`
	}
	rdLocation struct {
		Path  string  `json:"path"`
		Range rdRange `json:"range"`
	}
	rdRange struct {
		Start rdPosition `json:"start"`
		End   rdPosition `json:"end"`
	}
	rdPosition struct {
		Line   int `json:"line"`
		Column int `json:"column,omitempty"` // none: the whole line
	}
	rdCode struct {
		Value string `json:"value"`
		URL   string `json:"url"`
	}
)

// RDJSON writes the JSON that reviewdog reads.
func RDJSON(w io.Writer, r *Lint) error {
	out := rdResult{Source: rdSource{Name: "safemig", URL: home}, Diagnostics: []rdDiagnostic{}}
	list := r.everything()
	for i := range list {
		f := &list[i]
		out.Diagnostics = append(out.Diagnostics, rdDiagnostic{
			Message: f.story(), Severity: rdSeverity(f.Severity), Code: rdCode{Value: f.Rule, URL: f.url()},
			Location:    rdLocation{Path: f.Path, Range: rdRange{Start: rdPlace(f.Start), End: rdPlace(f.End)}},
			Suggestions: rdSuggestions(f.Edit),
		})
	}
	if len(list) > 0 {
		out.Severity = rdSeverity(r.worst()[0].Severity)
	}
	return encode(w, out)
}

func rdSuggestions(e *Edit) []rdSuggestion {
	if e == nil {
		return nil
	}
	return []rdSuggestion{{Range: rdRange{Start: rdPosition{Line: e.From}, End: rdPosition{Line: e.To}}, Text: e.Text}}
}

func rdPlace(p Position) rdPosition { return rdPosition{Line: p.Line, Column: p.ByteColumn} }

func rdSeverity(s rules.Severity) string {
	switch s {
	case rules.Error:
		return "ERROR"
	case rules.Warning:
		return "WARNING"
	}
	return "INFO"
}
