package report

import (
	"fmt"
	"time"
)

// claim is a sentence of the verdict.
type claim struct {
	Text  string
	Fault bool // the plan does not hold because of it
	Gap   bool // it could not be shown
}

// What a sentence begins with that is no good news.
const (
	faultMark = "DOES NOT HOLD: "
	gapMark   = "NOT SHOWN: "
)

// Verdict is what a reviewer can trust, a sentence a line: what does not hold first, then
// what could not be shown.
func (p *Proof) Verdict() []string {
	var out []string
	for _, c := range p.verdict() {
		out = append(out, c.Text)
	}
	return out
}

// Holds says whether the plan kept its promise: it ran to its end with nobody's statement
// failed, lost or kept waiting, the end is that of the original, and the way back was no lie.
func (p *Proof) Holds() bool { return len(p.faults()) == 0 }

func (p *Proof) verdict() []claim {
	var out []claim
	for _, text := range p.faults() {
		out = append(out, claim{Text: faultMark + oneLine(text), Fault: true})
	}
	gaps := p.gaps()
	switch {
	case len(out) > 0:
	case p.NoPlan != "":
		out = append(out, claim{Text: "the migration holds as it stands: " + oneLine(p.NoPlan)})
	case len(gaps) > 0:
		out = append(out, claim{Text: "the plan holds, as far as it was shown"})
	default:
		out = append(out, claim{Text: "the plan holds"})
	}
	for _, text := range gaps {
		out = append(out, claim{Text: gapMark + oneLine(text), Gap: true})
	}
	for _, text := range p.facts() {
		out = append(out, claim{Text: oneLine(text)})
	}
	return out
}

// allowed is the longest that a statement may take under the plan.
func (p *Proof) allowed() time.Duration { return p.MaxStall + p.judged().Machine }

// judged is the run that is held to what a plan promises.
func (p *Proof) judged() *ProofRun {
	if p.Needless {
		return &p.Original
	}
	return &p.Plan
}

// faults are the reasons why the plan does not hold.
func (p *Proof) faults() (out []string) {
	switch {
	case p.Needless:
		return append(p.runFaults("the migration"), contradicted(p.Original.contradictions())...)
	case p.NoPlan != "":
		return append([]string{"there is no plan: " + p.NoPlan}, contradicted(p.Original.contradictions())...)
	}
	out = append(p.runFaults("the plan"), p.endFaults()...)
	if n := len(p.Back.Faults); n > 0 {
		out = append(out, fmt.Sprintf("the way back: %s%s", counted(n, "fault", "faults"), first(p.Back.Faults)))
	}
	return append(out, contradicted(append(p.Original.contradictions(), p.Plan.contradictions()...))...)
}

// runFaults are what the applications met while it ran.
func (p *Proof) runFaults(what string) (out []string) {
	add := func(is bool, text string) {
		if is {
			out = append(out, text)
		}
	}
	run := p.judged()
	add(run.Stopped != "", what+" stopped: "+run.Stopped)
	add(len(run.Steps) == 0, "no step of "+what+" was run")
	add(len(run.Steps) > 0 && !run.loaded(), "no statement of an application ran while "+what+" did")
	if s := run.stall(); s.Longest > p.allowed() {
		add(true, fmt.Sprintf("under %s %s took %s%s; %s", what, p.statement(s), lasted(s.Longest), s.when(), p.allowance()))
	}
	add(run.failed() > 0, "under "+what+" "+run.failures())
	add(len(run.Lost) > 0, fmt.Sprintf("under %s %s were lost%s", what, counted(len(run.Lost), "application write", "application writes"), first(run.Lost)))
	return out
}

func (p *Proof) endFaults() (out []string) {
	e := p.End
	if !e.Tried {
		out = append(out, "the end of the plan was not compared with the original's")
	}
	if n := len(e.Differences); n > 0 {
		out = append(out, "the plan does not end where the original does: "+counted(n, "difference", "differences")+first(e.Differences))
	}
	if n := len(e.UnderLoad); n > 0 {
		out = append(out, "under load the plan left another catalogue than alone: "+counted(n, "difference", "differences")+first(e.UnderLoad))
	}
	return out
}

func contradicted(all []string) []string {
	if len(all) == 0 {
		return nil
	}
	return []string{counted(len(all), "contradiction", "contradictions") + " to what safemig says, please report it" + first(all)}
}

// gaps are what a reader would take for shown, and is not.
func (p *Proof) gaps() (out []string) {
	if p.NoPlan != "" || len(p.Plan.Steps) == 0 {
		return nil
	}
	switch writes := p.Plan.Writes; {
	case writes == 0:
		out = append(out, "whether writes are lost: no application wrote anything")
	case p.Plan.Checked == 0:
		out = append(out, "whether one of "+counted(writes, "application write", "application writes")+" was lost: none was looked for in the end")
	}
	if !p.Back.Tried && p.Back.Final == "" {
		out = append(out, "the way back: it was not tried")
	}
	if p.empty() {
		out = append(out, "stalls that grow with the rows: the tables have none")
	}
	return out
}

// empty says whether there was no row in any table when the first step ran.
func (p *Proof) empty() bool {
	for _, t := range p.Rows {
		if t.Rows > 0 {
			return false
		}
	}
	return len(p.Rows) > 0
}

// facts are what was seen, and is no fault of the plan.
func (p *Proof) facts() (out []string) {
	out = append(out, "original: "+p.original())
	if p.NoPlan != "" || len(p.Plan.Steps) == 0 {
		return out
	}
	if text := p.planned(); text != "" {
		out = append(out, text)
	}
	if e := p.End; e.Tried && len(e.Differences)+len(e.UnderLoad) == 0 {
		out = append(out, "end state identical: "+e.words())
	}
	if text := p.Plan.kept(); text != "" {
		out = append(out, text)
	}
	if (p.Back.Tried || p.Back.Final != "") && len(p.Back.Faults) == 0 {
		out = append(out, "way back: "+p.back())
	}
	return out
}

// planned is what the plan did to the applications.
func (p *Proof) planned() string {
	run := &p.Plan
	if !run.loaded() {
		return ""
	}
	worst := run.stall()
	out := "plan: longest stall " + lasted(worst.Longest) + worst.when() + " (the machine's own: " + lasted(run.Machine) + ")"
	if run.failed() == 0 {
		out += "; no statement failed"
	}
	return out
}
