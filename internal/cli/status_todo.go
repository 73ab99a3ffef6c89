package cli

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/gate"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/wording"
)

// backfillOf is the job that a requirement is about.
func backfillOf(requirement string) (string, bool) {
	return strings.CutPrefix(requirement, "backfill:")
}

// gate is a gate as the report has it.
func (t *planReport) gate(r *gate.Result) report.GateStatus {
	out := report.GateStatus{Requirement: r.Requirement, Words: ledger.InWords(r.Requirement), State: string(r.State), Why: r.Why, Extra: r.Extra}
	if r.State != gate.Passed {
		out.Do = t.opens(r)
	}
	return out
}

// opens is what opens a gate: a command, or words; "" where only time does, or where
// the reason says it.
func (t *planReport) opens(r *gate.Result) string {
	kind, what, _ := strings.Cut(r.Requirement, ":")
	switch {
	case kind == "deploy":
		return "safemig status confirm " + wording.ShellWord(r.Requirement) + " --plan " + wording.ShellWord(t.Name) + ", when that is so"
	case kind == "wait" && r.Step > 1 && t.Confirmation(ledger.StepRan(r.Step-1)) == nil:
		return "safemig status confirm " + ledger.StepRan(r.Step-1) + " --plan " + wording.ShellWord(t.Name) + ", when that step has run: the time counts from then"
	case r.State == gate.Unknown && t.serves(t.Plan) != nil:
		return "ask the server: safemig status " + wording.ShellWord(t.Name) + " --dsn ..."
	case kind == "backfill":
		return "safemig backfill run " + wording.ShellWord(what)
	case kind == "engine":
		return "read " + shownPath(t.Abs(what+".sh")) + ", and run it"
	}
	return ""
}

// todo is what to do next.
func (t *planReport) todo() []string {
	next := t.next()
	switch {
	case len(t.show.Faults) > 0:
		return nil // each says what to do
	case t.show.State == report.PlanFinished:
		return []string{"safemig status close " + wording.ShellWord(t.Name) + " puts it away, when its last step has run and nobody wants a way back"}
	case t.show.State == report.PlanRolledBack:
		return []string{"safemig status close " + wording.ShellWord(t.Name) + " puts it away"}
	case t.show.State == report.PlanReady:
		return []string{"safemig contract " + wording.ShellWord(t.Name)}
	case t.Steps[next-1].Backfill != nil:
		return t.todoBackfill(next)
	}
	var out []string
	for _, r := range closedOf(t.results, next) {
		if do := t.opens(&r); do != "" && !slices.Contains(out, do) {
			out = append(out, do)
		}
	}
	return out
}

// todoBackfill is what to do about a backfill that nobody knows to be done.
func (t *planReport) todoBackfill(step int) []string {
	out := []string{"safemig backfill run " + wording.ShellWord(t.Steps[step-1].Backfill.Name)}
	if t.serves(t.Plan) != nil {
		out = append(out, "where that is done already, a server knows: safemig status "+wording.ShellWord(t.Name)+" --dsn ...")
	}
	return out
}
