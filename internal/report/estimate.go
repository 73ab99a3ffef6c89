package report

import (
	"io"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/estimate"
)

// Estimate is what migrations, plans and jobs cost.
type Estimate struct {
	Targets   []fact.Target
	Estimates []Estimated
	// Problems is how many things could not be read; stderr names them.
	Problems int
}

// Estimated is one migration, plan or job.
type Estimated struct {
	Name, Path, Dialect string
	From                string // where the sizes come from
	Tables              []*estimate.Table
	Original            *estimate.Total // the migration as it stands; nil for a plan and a job
	Plan                *estimate.Total // nil where there is none
	NoPlan              string          // why
	Tried               []string        // what was done to measure
}

type estimateJSON struct {
	Version   int             `json:"version"`
	Target    targetJSON      `json:"target"`
	Targets   []targetJSON    `json:"targets,omitempty"`
	Estimates []estimatedJSON `json:"estimates"`
}

type estimatedJSON struct {
	Name     string              `json:"name"`
	Path     string              `json:"path"`
	Dialect  string              `json:"dialect"`
	From     string              `json:"from"`
	Tables   []estimateTableJSON `json:"tables"`
	Original *totalJSON          `json:"original"`
	Plan     *totalJSON          `json:"plan"`
	NoPlan   string              `json:"no_plan,omitempty"`
	Tried    []string            `json:"tried,omitempty"`
}

type estimateTableJSON struct {
	Table      string   `json:"table"`
	Rows       *float64 `json:"rows"`
	Bytes      *float64 `json:"bytes"`
	IndexBytes *float64 `json:"index_bytes"`
	Writes     *float64 `json:"writes_per_second"`
	Since      string   `json:"writes_since,omitempty"`
}

type totalJSON struct {
	Steps  []costJSON `json:"steps"`
	Window []string   `json:"window"`
}

type costJSON struct {
	Step    int          `json:"step"`
	Phase   string       `json:"phase,omitempty"`
	Title   string       `json:"title"`
	Files   []string     `json:"files"`
	Figures []figureJSON `json:"figures"`
	Locks   []holdJSON   `json:"locks"`
	Notes   []string     `json:"notes,omitempty"`
	Missing []string     `json:"missing,omitempty"`
}

type figureJSON struct {
	Name     string  `json:"name"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Unit     string  `json:"unit"`
	Formula  string  `json:"formula"`
	Measured bool    `json:"measured"`
}

// holdJSON has the seconds that a lock is held: null where they are not known.
type holdJSON struct {
	effectJSON
	Low      *float64 `json:"held_low_seconds"`
	High     *float64 `json:"held_high_seconds"`
	LockWait string   `json:"lock_timeout,omitempty"`
	Tries    int      `json:"tries,omitempty"`
}

// EstimateJSON writes estimates for programs.
func EstimateJSON(w io.Writer, r *Estimate) error {
	target, targets := targetsOf(r.Targets)
	out := estimateJSON{Version: schemaVersion, Target: target, Targets: targets, Estimates: make([]estimatedJSON, 0, len(r.Estimates))}
	for _, e := range r.Estimates {
		one := estimatedJSON{
			Name: e.Name, Path: e.Path, Dialect: e.Dialect, From: e.From, NoPlan: e.NoPlan, Tried: e.Tried,
			Original: totalOf(e.Original, e.Dialect), Plan: totalOf(e.Plan, e.Dialect), Tables: make([]estimateTableJSON, 0, len(e.Tables)),
		}
		for _, t := range e.Tables {
			one.Tables = append(one.Tables, estimateTableOf(t))
		}
		out.Estimates = append(out.Estimates, one)
	}
	return encode(w, out)
}

func estimateTableOf(t *estimate.Table) estimateTableJSON {
	out := estimateTableJSON{Table: t.Name.String(), Rows: orNull(t.Rows), Bytes: orNull(t.Bytes), IndexBytes: orNull(t.IndexBytes)}
	if !t.Since.IsZero() {
		out.Writes, out.Since = &t.Writes, t.Since.UTC().Format(time.RFC3339)
	}
	return out
}

func orNull(n float64) *float64 {
	if n < 0 {
		return nil
	}
	return &n
}

func totalOf(t *estimate.Total, dialect string) *totalJSON {
	if t == nil {
		return nil
	}
	out := &totalJSON{Steps: make([]costJSON, 0, len(t.Costs)), Window: list(t.Window)}
	for i := range t.Costs {
		out.Steps = append(out.Steps, costOf(&t.Costs[i], dialect))
	}
	return out
}

func costOf(c *estimate.Cost, dialect string) costJSON {
	out := costJSON{
		Step: c.Step.Number, Phase: c.Step.Phase, Title: c.Step.Title, Files: list(c.Step.Files), Notes: c.Notes, Missing: c.Missing,
		Figures: make([]figureJSON, 0, len(c.Figures)), Locks: make([]holdJSON, 0, len(c.Holds)),
	}
	for _, f := range c.Figures {
		out.Figures = append(out.Figures, figureJSON{Name: f.Name, Low: f.Amount.Low, High: f.Amount.High, Unit: string(f.Unit), Formula: f.Formula, Measured: f.Measured})
	}
	for _, h := range c.Holds {
		one := holdJSON{effectJSON: effectsOf([]change.Effect{h.Effect}, dialect)[0], LockWait: c.Step.LockWait}
		if c.Step.LockWait != "" {
			one.Tries = c.Step.Tries
		}
		if h.Known {
			one.Low, one.High = &h.Time.Low, &h.Time.High
		}
		out.Locks = append(out.Locks, one)
	}
	return out
}
