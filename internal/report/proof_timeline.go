package report

import (
	"strconv"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// strip is a line of the timeline that holds more than one bar.
type strip struct {
	marks []byte
	worst time.Duration
}

// The marks of a strip, from least to worst.
const (
	moderately = 10 * time.Millisecond
	slowly     = 100 * time.Millisecond
	terribly   = time.Second
	ranks      = " ^.:?-+=x@#"
)

// put draws over what is less.
func (s *strip) put(scale textScale, from, to time.Duration, mark byte) {
	first, width := scale.columns(from, to)
	for i := first; i < first+width; i++ {
		if strings.IndexByte(ranks, mark) > strings.IndexByte(ranks, s.marks[i]) {
			s.marks[i] = mark
		}
	}
}

// latencyMark says how long a statement took.
func latencyMark(d time.Duration) byte {
	switch {
	case d >= terribly:
		return '@'
	case d >= slowly:
		return '+'
	case d >= moderately:
		return ':'
	}
	return '.'
}

// timeline draws when the steps ran, what was locked, and how long statements took.
func (t *proofText) timeline(b *strings.Builder, r *ProofRun) {
	if r.Shown <= 0 || len(r.Steps) == 0 {
		return
	}
	s := t.scale(min(r.widestLabel(), t.style.width()/3), r.Shown)
	b.WriteString(s.head(""))
	for i := range r.Steps {
		step := &r.Steps[i]
		b.WriteString(s.line(r.stepLabel(i), s.bar(step.From, step.To, "-", t.palette.bold), lasted(step.To-step.From)))
	}
	t.locks(b, s, r)
	t.latencies(b, s, r)
	for _, m := range r.Marks {
		b.WriteString(s.line(oneLine(m.Text), s.bar(m.At, m.At, "^", t.palette.label), lasted(m.At)))
	}
	if t.explained {
		return
	}
	t.explained = true
	t.wrapped(b, hanging, "locks: # reads and writes wait, = writes wait, ? not granted yet; longest statement: . under 10 ms, : under 100 ms, + under 1 s, @ 1 s or more")
}

// widestLabel is what the names of all lines need.
func (r *ProofRun) widestLabel() int {
	widest := columns("longest write")
	for i := range r.Steps {
		widest = max(widest, columns(r.stepLabel(i)))
	}
	for _, l := range r.harmful() {
		widest = max(widest, columns(lockLabel(l.TracedLock)))
	}
	for _, m := range r.Marks {
		widest = max(widest, columns(oneLine(m.Text)))
	}
	return widest
}

func lockLabel(l TracedLock) string { return "lock: " + oneLine(on(l.Table, l.Index)) }

func (r *ProofRun) stepLabel(i int) string {
	s := &r.Steps[i]
	return strconv.Itoa(i+1) + " " + oneLine(s.Title[:min(len(s.Title), keepBehind)])
}

// locks has a line for each table and index that others had to wait for.
func (t *proofText) locks(b *strings.Builder, s textScale, r *ProofRun) {
	var names []string
	lanes := map[string]*strip{}
	for _, l := range r.harmful() {
		name := lockLabel(l.TracedLock)
		lane := lanes[name]
		if lane == nil {
			names, lane = append(names, name), s.strip()
			lanes[name] = lane
		}
		mark := heldMark(l.Blocks)[0]
		if l.Waits {
			mark = '?'
		}
		lane.put(s, l.From, l.To, mark)
		lane.worst = max(lane.worst, l.To-l.From)
	}
	for _, name := range names {
		b.WriteString(s.line(name, t.drawn(lanes[name]), lasted(lanes[name].worst)))
	}
}

// latencies are how long the applications' statements took, and where they failed.
func (t *proofText) latencies(b *strings.Builder, s textScale, r *ProofRun) {
	reads, writes, failed := s.strip(), s.strip(), s.strip()
	for _, k := range r.Buckets {
		reads.latency(s, k, k.Reads)
		writes.latency(s, k, k.Write)
		if k.Failed > 0 {
			failed.put(s, k.From, k.From, 'x')
		}
	}
	b.WriteString(s.line("longest read", t.drawn(reads), lasted(reads.worst)))
	b.WriteString(s.line("longest write", t.drawn(writes), lasted(writes.worst)))
	if n := r.failed(); n > 0 {
		b.WriteString(s.line("failed", t.drawn(failed), grouped(n)))
	}
}

// latency is drawn for as long as the statement took.
func (s *strip) latency(scale textScale, k ProofBucket, took time.Duration) {
	if took > 0 {
		s.put(scale, k.From, max(k.To, k.From+took), latencyMark(took))
		s.worst = max(s.worst, took)
	}
}

func (s textScale) strip() *strip { return &strip{marks: []byte(strings.Repeat(" ", s.room))} }

// drawn paints each mark in the colour of the harm.
func (t *proofText) drawn(s *strip) string {
	var out strings.Builder
	for i := 0; i < len(s.marks); {
		end := i + 1
		for end < len(s.marks) && s.marks[end] == s.marks[i] {
			end++
		}
		out.WriteString(t.paintOf(s.marks[i]).Sprint(string(s.marks[i:end])))
		i = end
	}
	return out.String()
}

func (t *proofText) paintOf(mark byte) *color.Color {
	switch mark {
	case '#':
		return t.weight(change.Reads|change.Writes, change.Rewrite)
	case '@', 'x':
		return t.palette.severity(rules.Error)
	case '=', '+', '?':
		return t.palette.severity(rules.Warning)
	}
	return t.palette.plain
}
