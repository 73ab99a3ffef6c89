package report

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/rules"
)

// run is one of the runs: when what happened, and each step.
func (t *proofText) run(b *strings.Builder, name string, r *ProofRun) {
	if len(r.Steps) == 0 && r.Stopped == "" {
		b.WriteString("\n" + t.palette.bold.Sprint(name) + ": not run\n")
		return
	}
	what := count(len(r.Steps), "statement", "statements")
	if name == "plan" {
		what = count(len(r.Steps), "step", "steps")
	}
	b.WriteString("\n" + t.palette.bold.Sprint(name) + ": " + what + " in " + lasted(r.Took) + "\n")
	if r.Stopped != "" {
		t.loud(b, "STOPPED: "+r.Stopped)
	}
	t.timeline(b, r)
	t.steps(b, r)
	t.failures(b, r)
	t.list(b, "lost writes:", r.Lost, true)
}

// cells is a table's line.
type cells []string

// steps is a table with a record for each step: its title, its figures, its lock.
func (t *proofText) steps(b *strings.Builder, r *ProofRun) {
	if len(r.Steps) == 0 {
		return
	}
	lines := []cells{{"took", "alone", "stall", "p99 read", "p99 write", "failed", logName(t.proof.Target)}}
	for i := range r.Steps {
		lines = append(lines, figures(&r.Steps[i]))
	}
	widths := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, c := range l {
			widths[i] = max(widths[i], columns(c))
		}
	}
	b.WriteString("\n" + t.palette.bold.Sprint("step") + "\n" + hanging + lines[0].padded(widths) + "\n")
	for i := range r.Steps {
		t.step(b, i+1, &r.Steps[i], lines[i+1].padded(widths))
	}
}

func (l cells) padded(widths []int) string {
	var out strings.Builder
	for i, c := range l {
		out.WriteString(pad(c, widths[i]) + "  ")
	}
	return strings.TrimRight(out.String(), " ")
}

// unknown stands for a figure that there is none of.
const unknown = "–"

func figures(s *ProofStep) cells {
	alone, stall, reads, writes, wal, failed := unknown, unknown, unknown, unknown, unknown, unknown
	if s.Alone > 0 {
		alone = lasted(s.Alone)
	}
	if d, known := s.longest(); known {
		stall, failed = latency(d), "0"
	}
	if d, known := s.p99(false); known {
		reads = latency(d)
	}
	if d, known := s.p99(true); known {
		writes = latency(d)
	}
	if s.WAL >= 0 {
		wal = size(s.WAL)
	}
	if s.Failed > 0 {
		failed = grouped(s.Failed)
	}
	return cells{lasted(s.To - s.From), alone, stall, reads, writes, failed, wal}
}

func (t *proofText) step(b *strings.Builder, number int, s *ProofStep, figures string) {
	head := strconv.Itoa(number) + "  "
	if s.Phase != "" {
		head += pad(s.Phase, widestPhase) + "  "
	}
	title := oneLine(s.Title[:min(len(s.Title), keepBehind)])
	b.WriteString(t.palette.bold.Sprint(head) + shorten(title, t.style.width()-columns(head)) + "\n")
	if s.Failed > 0 {
		figures = t.palette.severity(rules.Error).Sprint(figures)
	}
	b.WriteString(hanging + figures + "\n")
	if lock := s.lock(); lock.Lock != "" {
		paint := t.palette.plain
		if lock.hurts() {
			paint = t.weight(lock.Blocks, lock.Work)
		}
		t.painted(b, hanging, paint, s.lockWords(lock))
	}
	if s.Rows > 0 {
		t.wrapped(b, hanging, counted(s.Rows, "row", "rows")+" changed")
	}
	for _, text := range s.Remarks {
		t.remark(b, hanging, text)
	}
	for _, text := range s.Contradictions {
		t.loud(b, "CONTRADICTION: "+text)
	}
}

const widestPhase = len("backfill")

// lockWords say which lock is the strongest, who waits for it, and how many did.
func (s *ProofStep) lockWords(l TracedTable) string {
	out := l.Lock + " on " + oneLine(on(l.Table, l.Index)) + ", blocks " + blocksBriefly(l.Blocks) + " for " + lasted(l.Held)
	if s.Waiting > 0 {
		out += "; at most " + count(s.Waiting, "session", "sessions") + " waited"
	}
	return out
}

func (t *proofText) failures(b *strings.Builder, r *ProofRun) {
	if len(r.Failed) == 0 {
		return
	}
	b.WriteString("\n" + t.palette.bold.Sprint("failed") + "\n")
	for i, f := range r.Failed {
		if i == mostListed {
			t.remark(b, hanging, "and "+strconv.Itoa(len(r.Failed)-i)+" more")
			return
		}
		t.loud(b, f.words())
	}
}

// words are how often a statement failed, and with what.
func (f *ProofFailure) words() string {
	when := "before the first step"
	if f.Step > 0 {
		when = "from step " + strconv.Itoa(f.Step) + " on"
	}
	return grouped(f.Count) + " x \"" + f.Kind + "\"" + ofVersion(f.Side) + ", " + when + ": " + f.Error
}
