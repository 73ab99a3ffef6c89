package cli

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/report"
)

// verifyReport is what all comparisons of a call came to.
type verifyReport struct {
	Results []compare.Result
	Failed  []verifyFailure
	hide    bool
}

// verifyFailure is a comparison that could not be made.
type verifyFailure struct {
	Name  string `json:"name"`
	Error string `json:"error"`
}

func comparisonFormats() []format[*verifyReport] {
	return []format[*verifyReport]{{"text", verifyText}, {"json", verifyJSON}, {"markdown", verifyMarkdown}}
}

// verdict is the end of the command: what could not be compared is never the same.
func (r *verifyReport) verdict() error {
	if len(r.Failed) > 0 {
		return errReported
	}
	for i := range r.Results {
		if !r.Results[i].Same() {
			return errFindings
		}
	}
	return nil
}

func (r *verifyReport) results() []compare.Result {
	out := make([]compare.Result, 0, len(r.Results))
	for _, res := range r.Results {
		if r.hide {
			res = hidden(res)
		}
		out = append(out, res)
	}
	return out
}

// hidden is a result without values. NULL is none.
func hidden(r compare.Result) compare.Result {
	r.First, r.Rows = withoutValues(r.First), withoutValues(r.Rows)
	return r
}

func withoutValues(rows []compare.Row) []compare.Row {
	if rows == nil {
		return nil
	}
	word := "(hidden)"
	out := make([]compare.Row, 0, len(rows))
	for _, row := range rows {
		fields := make([]compare.Field, 0, len(row.Fields))
		for _, f := range row.Fields {
			if f.A != nil {
				f.A = &word
			}
			if f.B != nil {
				f.B = &word
			}
			fields = append(fields, f)
		}
		row.Fields = fields
		out = append(out, row)
	}
	return out
}

func verifyJSON(w io.Writer, r *verifyReport, _ report.Style) error {
	failed := r.Failed
	if failed == nil {
		failed = []verifyFailure{}
	}
	same := len(failed) == 0 && !errors.Is(r.verdict(), errFindings)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(map[string]any{"version": 1, "same": same, "comparisons": r.results(), "failed": failed})
}
