package report

import (
	"io"
	"time"
)

type fixJSON struct {
	Version int           `json:"version"`
	Target  targetJSON    `json:"target"`
	Targets []targetJSON  `json:"targets,omitempty"`
	Plans   []planJSON    `json:"plans"`
	Unfixed []unfixedJSON `json:"unfixed"`
	Written bool          `json:"written"`
}

type planJSON struct {
	Name    string         `json:"name"`
	Source  string         `json:"source"`
	Dialect string         `json:"dialect"`
	Rules   []string       `json:"rules"`
	Steps   []stepJSON     `json:"steps"`
	Notes   []string       `json:"notes"`
	Files   []planFileJSON `json:"files"`
}

type planFileJSON struct {
	Path string `json:"path"`
	New  bool   `json:"new"`
	Text string `json:"text"`
}

// stepJSON has the limits as PostgreSQL takes them: "0" is no limit, null what
// the connection has set. Those of a backfill are the runner's own.
type stepJSON struct {
	Phase            string        `json:"phase"`
	Title            string        `json:"title"`
	File             string        `json:"file"`
	Files            []string      `json:"files,omitempty"` // all of them, where there are several
	InTransaction    *bool         `json:"in_transaction,omitempty"`
	LockTimeout      *string       `json:"lock_timeout"`
	StatementTimeout *string       `json:"statement_timeout"`
	SQL              []string      `json:"sql"`
	Cleanup          []string      `json:"cleanup,omitempty"` // run first where it was interrupted
	Rollback         []string      `json:"rollback"`
	Gate             *gateJSON     `json:"gate"`
	Backfill         *backfillJSON `json:"backfill"`
	Engine           *engineJSON   `json:"engine,omitempty"`
	CannotBeUndone   string        `json:"cannot_be_undone,omitempty"`
}

type gateJSON struct {
	Requires []string `json:"requires"`
}

type backfillJSON struct {
	Name  string   `json:"name"`
	Table string   `json:"table"`
	Key   []string `json:"key"`
	Set   string   `json:"set"`
	Where string   `json:"where"`
	SQL   string   `json:"sql,omitempty"`
}

type unfixedJSON struct {
	Rule   string   `json:"rule"`
	Path   string   `json:"path"`
	Start  Position `json:"start"`
	Reason string   `json:"reason"`
}

// FixJSON writes plans for programs.
func FixJSON(w io.Writer, r *Fix) error {
	target, targets := targetsOf(r.Targets)
	out := fixJSON{
		Version: schemaVersion, Target: target, Targets: targets, Written: r.Written,
		Plans: make([]planJSON, 0, len(r.Plans)), Unfixed: make([]unfixedJSON, 0, len(r.Unfixed)),
	}
	for i := range r.Plans {
		out.Plans = append(out.Plans, planOf(&r.Plans[i]))
	}
	for _, u := range r.Unfixed {
		out.Unfixed = append(out.Unfixed, unfixedJSON{Rule: u.Rule, Path: u.Path, Start: u.Start, Reason: u.Reason})
	}
	return encode(w, out)
}

func planOf(p *FixPlan) planJSON {
	out := planJSON{
		Name: p.Name, Source: p.Source, Dialect: p.Dialect, Rules: list(p.Rules), Notes: list(p.Notes),
		Steps: make([]stepJSON, 0, len(p.Steps)), Files: make([]planFileJSON, 0, len(p.Files)),
	}
	for i := range p.Steps {
		out.Steps = append(out.Steps, stepOf(&p.Steps[i]))
	}
	for _, f := range p.Files {
		out.Files = append(out.Files, planFileJSON{Path: f.Path, New: f.Old == nil, Text: string(f.Text)})
	}
	return out
}

func stepOf(s *FixStep) stepJSON {
	out := stepJSON{
		Phase: s.Phase, Title: s.Title, LockTimeout: limitJSON(s.LockTimeout), StatementTimeout: limitJSON(s.StatementTimeout),
		SQL: list(s.SQL), Cleanup: s.Cleanup, Rollback: list(s.Rollback), CannotBeUndone: s.Final, Engine: engineOf(s.Engine),
	}
	if len(s.Files) > 0 {
		out.File = s.Files[0]
	}
	if len(s.Files) > 1 {
		out.Files = s.Files
	}
	if s.Waits {
		out.Gate = &gateJSON{Requires: list(s.Requires)}
	}
	if b := s.Backfill; b != nil {
		out.Backfill = &backfillJSON{Name: b.Name, Table: b.Table, Key: list(b.Key), Set: b.Set, Where: b.Where, SQL: b.SQL}
		return out
	}
	out.InTransaction = &s.InTx
	return out
}

func limitJSON(d *time.Duration) *string {
	if d == nil {
		return nil
	}
	text := Limit(*d)
	return &text
}

// list is never null.
func list(of []string) []string {
	if of == nil {
		return []string{}
	}
	return of
}
