package report

import (
	"io"
	"strconv"
	"strings"
)

// ProofHTML writes a proof as one page that needs nothing from the network.
func ProofHTML(w io.Writer, p *Proof, _ Style) error {
	return writePage(w, "proof.html", proofPageOf(p))
}

// proofPage is what the page shows.
type proofPage struct {
	Title, Where, Sources, Load, Log string
	Class                            string // of the verdict
	Verdict                          []claim
	Compared                         []comparison
	Charts                           []*proofChart
	Runs                             []proofPageRun
	End                              ProofEnd
	Compare                          string // how much was compared at the end
	Back                             ProofBack
	BackWords                        string
	Kinds                            []ProofKind
	Rows                             []pageRows
	Remarks                          []string
}

type proofPageRun struct {
	Name, Stopped  string
	Steps          []proofPageStep
	Latency        []proofPageLatency
	Failures, Lost []string
}

type proofPageStep struct {
	Number                    int
	Title, Place, Lock, Class string
	Figures                   []string
	Bad                       bool // statements failed
	Rows                      string
	Remarks, Contradictions   []string
}

type proofPageLatency struct {
	Step, Version, Kind, Count, Failed, P50, P99, Longest string
	First                                                 bool // of its step
}

// closeUp is how many times as long one run must be for the other to be drawn larger too.
const closeUp = 3

func proofPageOf(p *Proof) proofPage {
	out := proofPage{
		Title: p.Target.Name() + " " + p.Target.Version.String(), Where: p.Where, Sources: strings.Join(p.Sources, ", "), Load: p.Load.words(), Log: logName(p.Target),
		Verdict: p.verdict(), Charts: p.charts(), End: p.End, Back: p.Back, Kinds: p.Load.Kinds, Rows: pageRowsOf(p.Rows), Remarks: p.Remarks,
	}
	switch {
	case !p.Holds():
		out.Class = "bad"
	case len(p.gaps()) > 0:
		out.Class = "gap"
	}
	if p.End.Tried {
		out.Compare = p.End.words()
	}
	if p.Back.Tried || p.Back.Final != "" {
		out.BackWords = p.back()
	}
	if len(p.Plan.Steps) > 0 {
		out.Compared = p.compared()
	}
	out.Runs = append(out.Runs, pageRunOf("Original", &p.Original))
	if p.NoPlan == "" {
		out.Runs = append(out.Runs, pageRunOf("Plan", &p.Plan))
	}
	return out
}

// charts draws both runs on the same scale of time, and the shorter one once more where
// little is seen of it there.
func (p *Proof) charts() (out []*proofChart) {
	total := max(p.Original.Shown, p.Plan.Shown)
	for _, r := range []struct {
		name string
		run  *ProofRun
	}{{"Original", &p.Original}, {"Plan", &p.Plan}} {
		if r.run.Shown > 0 && len(r.run.Steps) > 0 {
			out = append(out, p.chart(r.name, r.run, total))
		}
		if times := total / max(r.run.Shown, 1); r.run.Shown > 0 && times >= closeUp {
			out = append(out, p.chart(r.name+", drawn "+strconv.FormatInt(int64(times), 10)+" times as wide", r.run, r.run.Shown))
		}
	}
	return out
}

func pageRunOf(name string, r *ProofRun) proofPageRun {
	out := proofPageRun{Name: name, Stopped: r.Stopped, Lost: r.Lost}
	for i := range r.Steps {
		s := &r.Steps[i]
		out.Steps = append(out.Steps, proofPageStepOf(i+1, s))
		for k := range s.Latency {
			out.Latency = append(out.Latency, pageLatencyOf(i+1, k == 0, &s.Latency[k]))
		}
	}
	for i := range r.Failed {
		out.Failures = append(out.Failures, r.Failed[i].words())
	}
	return out
}

func proofPageStepOf(number int, s *ProofStep) proofPageStep {
	out := proofPageStep{
		Number: number, Title: s.Title[:min(len(s.Title), keepBehind)], Place: s.Path, Figures: figures(s),
		Bad: s.Failed > 0, Remarks: s.Remarks, Contradictions: s.Contradictions,
	}
	if s.Phase != "" {
		out.Place = s.Phase + " · " + s.Path
	}
	if l := s.lock(); l.Lock != "" {
		out.Lock = s.lockWords(l)
		if l.hurts() {
			out.Class = blockClass(l.Blocks)
		}
	}
	if s.Rows > 0 {
		out.Rows = counted(s.Rows, "row", "rows") + " changed"
	}
	return out
}

func pageLatencyOf(step int, first bool, l *ProofLatency) proofPageLatency {
	kind := l.Kind
	if kind == "" {
		kind = "all"
	}
	out := proofPageLatency{
		strconv.Itoa(step), l.Side, kind, grouped(l.Count), grouped(l.Failed), latency(l.P50), latency(l.P99), latency(l.Longest), first,
	}
	if l.Count == 0 {
		out.P50, out.P99, out.Longest = unknown, unknown, unknown
	}
	return out
}
