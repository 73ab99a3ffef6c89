package report

import (
	"encoding/json"
	"io"
)

// Every line of JSON says its type.
type (
	findingLine struct {
		Type string `json:"type"`
		findingJSON
	}
	problemLine struct {
		Type string `json:"type"`
		Problem
	}
	unknownLine struct {
		Type string `json:"type"`
		unknownJSON
	}
	summaryLine struct {
		Type     string       `json:"type"`
		Version  int          `json:"version"`
		Target   targetJSON   `json:"target"`
		Targets  []targetJSON `json:"targets,omitempty"`
		Problems int          `json:"problems"`
		Summary  Summary      `json:"summary"`
	}
)

// JSONL writes a line of JSON for each finding, each problem and each statement
// that is not understood, and one with the summary at the end: where that is
// missing, so is a part of the report.
func JSONL(w io.Writer, r *Lint) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, line := range jsonLines(r) {
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func jsonLines(r *Lint) []any {
	var out []any
	for _, f := range findingsOf(r) {
		out = append(out, findingLine{"finding", f})
	}
	for _, p := range r.Problems {
		out = append(out, problemLine{"problem", p})
	}
	for i := range r.Unknown {
		out = append(out, unknownLine{"not_understood", unknownOf(&r.Unknown[i])})
	}
	target, targets := targetsOf(r.Targets)
	return append(out, summaryLine{
		Type: "summary", Version: schemaVersion, Target: target, Targets: targets, Problems: len(r.Problems), Summary: r.Summary,
	})
}
