package report

import (
	"io"
	"time"
)

type statusJSON struct {
	Version int              `json:"version"`
	Now     string           `json:"now"`
	Server  *string          `json:"server"`
	Plans   []planStatusJSON `json:"plans"`
	Broken  []brokenJSON     `json:"broken"`
	// Without a NAME only.
	Leftovers []leftoverJSON    `json:"leftovers"`
	Unread    []string          `json:"unread"`
	Summary   statusSummaryJSON `json:"summary"`
}

type planStatusJSON struct {
	Name     string           `json:"name"`
	File     string           `json:"file"`
	Source   string           `json:"source"`
	Dialect  string           `json:"dialect"`
	Layout   string           `json:"layout"`
	Created  string           `json:"created"`
	Deadline string           `json:"deadline"`
	AgeDays  int              `json:"age_days"`
	DaysLeft int              `json:"days_left"`
	Overdue  bool             `json:"overdue"`
	State    PlanState        `json:"state"`
	Steps    []stepStatusJSON `json:"steps"`
	Do       []string         `json:"do"`
	Faults   []string         `json:"faults"`
}

type stepStatusJSON struct {
	Step           int              `json:"step"`
	Phase          string           `json:"phase"`
	Title          string           `json:"title"`
	State          string           `json:"state"`
	Files          []string         `json:"files"`
	Confirmed      string           `json:"confirmed,omitempty"`
	CannotBeUndone string           `json:"cannot_be_undone,omitempty"`
	TakenBackBy    []string         `json:"taken_back_by,omitempty"`
	Gates          []gateStatusJSON `json:"gates"`
}

type gateStatusJSON struct {
	Requirement string `json:"requirement"`
	State       string `json:"state"`
	Why         string `json:"why"`
	Do          string `json:"do,omitempty"`
	Extra       bool   `json:"extra"`
}

type brokenJSON struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

type leftoverJSON struct {
	Kind   string `json:"kind"`
	Object string `json:"object"`
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Since  string `json:"since"`
	Guess  bool   `json:"guess"`
	Why    string `json:"why"`
	Remedy string `json:"remedy"`
}

type statusSummaryJSON struct {
	Plans      int `json:"plans"`
	Ready      int `json:"ready"`
	Finished   int `json:"finished"`
	RolledBack int `json:"rolled_back"`
	Overdue    int `json:"overdue"`
	Broken     int `json:"broken"`
	Faults     int `json:"faults"`
	Leftovers  int `json:"leftovers"`
}

// StatusJSON writes for programs how plans stand.
func StatusJSON(w io.Writer, s *Status) error {
	out := statusJSON{
		Version: schemaVersion, Now: s.Now.UTC().Format(time.RFC3339),
		Plans: make([]planStatusJSON, 0, len(s.Plans)), Broken: make([]brokenJSON, 0, len(s.Broken)),
		Summary: statusSummaryJSON{
			Plans: len(s.Plans), Ready: s.in(PlanReady), Finished: s.in(PlanFinished), RolledBack: s.in(PlanRolledBack),
			Overdue: s.Overdue(), Broken: len(s.Broken), Faults: s.Faults(), Leftovers: len(s.Leftovers),
		},
		Leftovers: make([]leftoverJSON, 0, len(s.Leftovers)), Unread: list(s.Unread),
	}
	if s.Server != "" {
		out.Server = &s.Server
	}
	for i := range s.Plans {
		out.Plans = append(out.Plans, planStatusOf(&s.Plans[i]))
	}
	for _, b := range s.Broken {
		out.Broken = append(out.Broken, brokenJSON(b))
	}
	for _, l := range s.Leftovers {
		out.Leftovers = append(out.Leftovers, leftoverJSON(l))
	}
	return encode(w, out)
}

func planStatusOf(p *PlanStatus) planStatusJSON {
	out := planStatusJSON{
		Name: p.Name, File: p.File, Source: p.Source, Dialect: p.Dialect, Layout: p.Layout, Created: p.Created, Deadline: p.Deadline,
		AgeDays: p.AgeDays, DaysLeft: p.DaysLeft, Overdue: p.Overdue(), State: p.State,
		Steps: make([]stepStatusJSON, 0, len(p.Steps)), Do: list(p.Do), Faults: list(p.Faults),
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		step := stepStatusJSON{
			Step: s.Number, Phase: s.Phase, Title: s.Title, State: s.State, Files: list(s.Files), Confirmed: s.Confirmed,
			CannotBeUndone: s.Final, TakenBackBy: s.BackBy, Gates: make([]gateStatusJSON, 0, len(s.Gates)),
		}
		for _, g := range s.Gates {
			step.Gates = append(step.Gates, gateStatusJSON{Requirement: g.Requirement, State: g.State, Why: g.Why, Do: g.Do, Extra: g.Extra})
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}
