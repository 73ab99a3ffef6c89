package report

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// What no rule finds stands in the reports under these names, so that no reader
// takes what was not judged for harmless. They are for ever, as rule ids are.
const (
	NoVerdict     = "no-verdict"     // a file or directory that could not be judged
	NotUnderstood = "not-understood" // a statement that parses and whose effect is not known
)

// Problem is an input that there is no verdict on.
type Problem struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

// finding is the problem as the formats that know nothing but findings show it.
func (p Problem) finding() Finding {
	first := Position{Line: 1, Column: 1, ByteColumn: 1}
	return Finding{
		Rule: NoVerdict, Severity: rules.Error, Path: p.Path, Start: first, End: first, Statement: NoStatement,
		Message: "not judged: " + p.Message,
	}
}

// everything is all that a reader must see: what could not be judged, what was
// found, what was not understood.
func (r *Lint) everything() []Finding {
	out := make([]Finding, 0, len(r.Problems)+len(r.Findings)+len(r.Unknown))
	for _, p := range r.Problems {
		out = append(out, p.finding())
	}
	return append(append(out, r.Findings...), r.Unknown...)
}

// worst is everything, the worst first; what is as bad stays in its order.
func (r *Lint) worst() []Finding {
	out := r.everything()
	slices.SortStableFunc(out, func(a, b Finding) int { return int(b.Severity) - int(a.Severity) })
	return out
}

// fileReport is what there is to say of one file.
type fileReport struct {
	path  string
	about []Finding
}

// byFile is everything by file: the judged ones in their order, those without a
// finding too, then what else there is a problem with.
func (r *Lint) byFile() []fileReport {
	var out []fileReport
	at := map[string]int{}
	place := func(path string) *fileReport {
		i, ok := at[path]
		if !ok {
			i = len(out)
			at[path], out = i, append(out, fileReport{path: path})
		}
		return &out[i]
	}
	for _, path := range r.Files {
		place(path)
	}
	for _, f := range r.everything() {
		file := place(f.Path)
		file.about = append(file.about, f)
	}
	return out
}

// url is the page about what was found.
func (f *Finding) url() string {
	if f.Rule == NoVerdict || f.Rule == NotUnderstood {
		return DocsURL + "reports.md#" + f.Rule
	}
	return RuleURL(f.Rule, f.Custom)
}

// unparsed says whether the finding is that something could not be read, so
// that there is no verdict on it.
func (f *Finding) unparsed() bool { return f.Rule == NoVerdict || f.Rule == "syntax-error" }

// NewUnknown is a statement that parses and whose effect is not known: why says
// what is missing.
func NewUnknown(script *change.Script, stmt *change.Stmt, why, dialect string, at *Locator) Finding {
	return Locate(rules.Finding{
		Rule: NotUnderstood, Severity: rules.Info, Script: script, Stmt: stmt, Message: "not understood, so not judged: " + why,
	}, dialect, at)
}
