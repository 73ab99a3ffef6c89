package report

import (
	"io"

	"github.com/safemig/safemig/dialect/fact"
)

type proofJSON struct {
	Version        int              `json:"version"`
	Target         targetJSON       `json:"target"`
	Server         string           `json:"server"`
	Sources        []string         `json:"sources"`
	Holds          bool             `json:"holds"`
	Verdict        []string         `json:"verdict"`
	NoPlan         string           `json:"no_plan,omitempty"`
	AllowedStallMS float64          `json:"allowed_stall_ms"` // beside what the machine makes by itself
	TookMS         float64          `json:"took_ms"`
	Rows           []tracedRowsJSON `json:"rows"`
	Load           proofLoadJSON    `json:"load"`
	Original       *proofRunJSON    `json:"original"`
	Plan           *proofRunJSON    `json:"plan"` // null: there is none
	End            proofEndJSON     `json:"end"`
	WayBack        proofBackJSON    `json:"way_back"`
	Remarks        []string         `json:"remarks"`
}

type proofLoadJSON struct {
	File                string          `json:"file,omitempty"`
	Sessions            int             `json:"sessions"`
	StatementsPerSecond float64         `json:"statements_per_second"`
	Kinds               []proofKindJSON `json:"kinds"`
}

type proofKindJSON struct {
	Application string `json:"application"` // "old", "new"
	Kind        string `json:"kind"`
	Write       bool   `json:"write"`
	SQL         string `json:"sql"`
}

type proofEndJSON struct {
	Compared    bool     `json:"compared"`
	Objects     int      `json:"objects"`
	Tables      int      `json:"tables"`
	Rows        int64    `json:"rows"`
	Differences []string `json:"differences"`
	UnderLoad   []string `json:"under_load_differences"`
	Notes       []string `json:"notes"`
}

type proofBackJSON struct {
	Tried     bool     `json:"tried"`
	Steps     int      `json:"steps"`
	Base      int      `json:"base,omitempty"` // steps before them that stay
	BaseFinal string   `json:"base_final,omitempty"`
	Final     string   `json:"final,omitempty"`
	Faults    []string `json:"faults"`
	Forward   bool     `json:"forward"`
}

// ProofJSON writes a proof for programs.
func ProofJSON(w io.Writer, p *Proof, _ Style) error {
	target, _ := targetsOf([]fact.Target{p.Target})
	out := proofJSON{
		Version: schemaVersion, Target: target, Server: p.Where, Sources: list(p.Sources), Holds: p.Holds(), Verdict: p.Verdict(),
		NoPlan: p.NoPlan, AllowedStallMS: ms(p.MaxStall), TookMS: ms(p.Took), Rows: tracedRowsOf(p.Rows), Load: proofLoadOf(&p.Load),
		Original: proofRunOf(&p.Original), Remarks: list(p.Remarks),
		End: proofEndJSON{
			p.End.Tried, p.End.Objects, p.End.Tables, p.End.Rows,
			list(p.End.Differences), list(p.End.UnderLoad), list(p.End.Notes),
		},
		WayBack: proofBackJSON{p.Back.Tried, p.Back.Steps, p.Back.Base, p.Back.BaseFinal, p.Back.Final, list(p.Back.Faults), p.Back.Forward},
	}
	if p.NoPlan == "" {
		out.Plan = proofRunOf(&p.Plan)
	}
	return encode(w, out)
}

func proofLoadOf(l *ProofLoad) proofLoadJSON {
	out := proofLoadJSON{File: l.File, Sessions: l.Sessions, StatementsPerSecond: l.Rate, Kinds: []proofKindJSON{}}
	for _, k := range l.Kinds {
		out.Kinds = append(out.Kinds, proofKindJSON{k.Side, k.Name, k.Write, k.SQL})
	}
	return out
}
