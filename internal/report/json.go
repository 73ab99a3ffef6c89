package report

import (
	"encoding/json"
	"io"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// schemaVersion is that of the JSON: fields are added without a new one.
const schemaVersion = 1

type lintJSON struct {
	Version  int           `json:"version"`
	Target   targetJSON    `json:"target"`
	Targets  []targetJSON  `json:"targets,omitempty"` // all of them, where there are several
	Findings []findingJSON `json:"findings"`
	Problems []Problem     `json:"problems"`       // what there is no verdict on
	Unknown  []unknownJSON `json:"not_understood"` // statements that parse and whose effect is not known
	Summary  Summary       `json:"summary"`
}

type targetJSON struct {
	Dialect string `json:"dialect"`
	Version string `json:"version"`
}

type findingJSON struct {
	Rule      string       `json:"rule"`
	Severity  string       `json:"severity"`
	Path      string       `json:"path"`
	Start     Position     `json:"start"`
	End       Position     `json:"end"`
	Statement *int         `json:"statement"` // null where the finding is about the file
	Message   string       `json:"message"`
	Help      string       `json:"help"`
	Recipe    string       `json:"recipe"`
	URL       string       `json:"url"`
	Effects   []effectJSON `json:"effects"`
	// Fingerprint stays the same when lines move.
	Fingerprint string `json:"fingerprint"`
}

type unknownJSON struct {
	Path      string   `json:"path"`
	Start     Position `json:"start"`
	End       Position `json:"end"`
	Statement int      `json:"statement"`
	Message   string   `json:"message"`
}

// effectJSON has lock for PostgreSQL, and algorithm, concurrent_dml and rebuild
// in its place for MySQL and MariaDB.
type effectJSON struct {
	Table         string  `json:"table"`
	Lock          *string `json:"lock,omitempty"`
	Algorithm     *string `json:"algorithm,omitempty"`
	ConcurrentDML *bool   `json:"concurrent_dml,omitempty"`
	Rebuild       *bool   `json:"rebuild,omitempty"`
	BlocksReads   bool    `json:"blocks_reads"`
	BlocksWrites  bool    `json:"blocks_writes"`
	Work          string  `json:"work"`
	Fact          string  `json:"fact"`
}

// JSON writes findings for programs.
func JSON(w io.Writer, r *Lint) error {
	target, targets := targetsOf(r.Targets)
	out := lintJSON{
		Version: schemaVersion, Target: target, Targets: targets,
		Findings: findingsOf(r), Problems: append([]Problem{}, r.Problems...), Unknown: make([]unknownJSON, 0, len(r.Unknown)),
		Summary: r.Summary,
	}
	for i := range r.Unknown {
		out.Unknown = append(out.Unknown, unknownOf(&r.Unknown[i]))
	}
	return encode(w, out)
}

func findingsOf(r *Lint) []findingJSON {
	out := make([]findingJSON, 0, len(r.Findings))
	prints := Fingerprints(r.Place.rebased(r.Findings))
	for i := range r.Findings {
		f := findingOf(&r.Findings[i])
		f.Fingerprint = prints[i]
		out = append(out, f)
	}
	return out
}

func unknownOf(f *Finding) unknownJSON {
	return unknownJSON{Path: f.Path, Start: f.Start, End: f.End, Statement: f.Statement, Message: f.Message}
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func targetsOf(targets []fact.Target) (first targetJSON, all []targetJSON) {
	for _, t := range targets {
		all = append(all, targetJSON{Dialect: t.Dialect, Version: t.Version.String()})
	}
	if len(all) == 0 {
		return targetJSON{}, nil
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all[0], all
}

func findingOf(f *Finding) findingJSON {
	out := findingJSON{
		Rule: f.Rule, Severity: f.Severity.String(), Path: f.Path, Start: f.Start, End: f.End,
		Message: f.Message, Help: f.Help, Recipe: f.Recipe, URL: RuleURL(f.Rule, f.Custom), Effects: effectsOf(f.Effects, f.Dialect),
	}
	if f.Statement != NoStatement {
		out.Statement = &f.Statement
	}
	return out
}

func effectsOf(effects []change.Effect, dialect string) []effectJSON {
	out := make([]effectJSON, 0, len(effects))
	for _, e := range effects {
		j := effectJSON{
			Table: e.Table.String(), BlocksReads: e.Blocks.Has(change.Reads), BlocksWrites: e.Blocks.Has(change.Writes),
			Work: e.Work.String(), Fact: e.Fact,
		}
		if dialect == "postgres" {
			lock := e.Lock.String()
			j.Lock = &lock
		} else {
			algorithm := e.Algorithm.String()
			j.Algorithm, j.ConcurrentDML, j.Rebuild = &algorithm, &e.ConcurrentDML, &e.Rebuild
		}
		out = append(out, j)
	}
	return out
}
