package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// TraceText writes what happened for people: each statement with the locks that it
// took, and a timeline of those that keep others waiting.
func TraceText(w io.Writer, r *Trace, style Style) error {
	t := traceText{pen: newPen(style), trace: r}
	t.measure()
	var b strings.Builder
	if !style.Quiet {
		t.head(&b)
	}
	for i := range r.Steps {
		t.step(&b, &r.Steps[i])
	}
	t.timeline(&b)
	if !style.Quiet {
		t.summary(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

type traceText struct {
	pen
	trace        *Trace
	table, locks int // widths of the columns
}

func (t *traceText) measure() {
	for _, s := range t.trace.Steps {
		for _, o := range s.Tables {
			t.table = max(t.table, min(columns(oneLine(on(o.Table, o.Index))), 30))
			t.locks = max(t.locks, len(o.Lock))
		}
	}
}

func (t *traceText) head(b *strings.Builder) {
	fmt.Fprintf(b, "%s %s, %s\n", t.trace.Target.Name(), t.trace.Target.Version, clean(t.trace.Where))
	var parts []string
	for _, r := range t.trace.Rows {
		if r.Rows > 0 {
			parts = append(parts, oneLine(tableName(r.Table))+" "+strconv.FormatInt(r.Rows, 10))
		}
	}
	if len(parts) > 0 {
		for _, line := range wrap("rows: "+strings.Join(parts, ", "), t.style.width()) {
			b.WriteString(line + "\n")
		}
	}
	for _, r := range t.trace.Rows {
		if r.Why != "" {
			t.remark(b, "", oneLine(tableName(r.Table))+": "+r.Why)
		}
	}
	b.WriteString("\n")
}

func (t *traceText) step(b *strings.Builder, s *TracedStep) {
	place := clean(s.Path) + ":" + strconv.Itoa(s.Start.Line)
	sql := oneLine(s.SQL[:min(len(s.SQL), keepBehind)])
	gap, room := "  ", t.style.width()-columns(place)-2
	if columns(sql) > room && room < leastRoom {
		gap, room = "\n  ", t.style.width()-2
	}
	b.WriteString(t.palette.bold.Sprint(place) + gap + shorten(sql, room) + "\n")
	facts := []string{lasted(s.To - s.From)}
	if s.WAL >= 0 {
		facts = append(facts, size(s.WAL)+" of "+logName(t.trace.Target))
	}
	b.WriteString(hanging + strings.Join(append(facts, s.Scope), ", ") + "\n")
	for _, o := range s.Tables {
		t.effect(b, o)
	}
	if len(s.Tables) == 0 && s.Failed == "" {
		b.WriteString(hanging + s.locksNothing() + "\n")
	}
	for _, text := range s.Remarks {
		t.remark(b, hanging, text)
	}
	for _, text := range s.Contradictions {
		t.loud(b, "CONTRADICTION: "+text)
	}
	if s.Failed != "" {
		t.loud(b, "FAILED: "+s.Failed)
	}
}

// locksNothing: what is only looked at from outside may have been too fast to be seen.
func (s *TracedStep) locksNothing() string {
	if s.Sampled {
		return "no lock on a table was seen"
	}
	return "locks no table that was there before"
}

func (t *traceText) effect(b *strings.Builder, o TracedTable) {
	b.WriteString(hanging + pad(oneLine(on(o.Table, o.Index)), t.table) + "  " +
		t.weight(o.Blocks, o.Work).Sprint(pad(o.Lock, t.locks)) + "  " +
		pad("blocks "+blocksBriefly(o.Blocks), widestBlocks) + "  " + "held " + lasted(o.Held))
	if o.Work != change.NoWork {
		b.WriteString(", " + workBriefly(o.Work))
	}
	if o.Since > 0 {
		b.WriteString(" (taken by statement " + strconv.Itoa(o.Since) + ")")
	}
	b.WriteByte('\n')
}

// widestBarLabel is of a line of the timeline.
const widestBarLabel = 44

// timeline draws the locks that keep others waiting.
func (t *traceText) timeline(b *strings.Builder) {
	locks := t.trace.Harmful()
	if len(locks) == 0 || t.trace.Took == 0 {
		return
	}
	label := 0
	for _, l := range locks {
		label = max(label, min(columns(barLabel(l)), widestBarLabel))
	}
	s := t.scale(label, t.trace.Took)
	b.WriteString("\n" + s.head("who waits, and when"))
	for _, l := range locks {
		b.WriteString(s.line(barLabel(l), t.lockBar(s, l, heldMark(l.Blocks)), lasted(l.To-l.From)))
	}
	b.WriteString(pad("", label) + "  # reads and writes wait, = writes wait\n")
}

func barLabel(l TracedLock) string { return oneLine(on(l.Table, l.Index)) + "  " + l.Lock }

func (t *traceText) summary(b *strings.Builder) {
	b.WriteString("\n")
	for _, text := range t.trace.Remarks {
		t.remark(b, "", text)
	}
	for _, line := range wrap(t.trace.verdict(), t.style.width()) {
		b.WriteString(line + "\n")
	}
}

// verdict is the last line.
func (r *Trace) verdict() string {
	line := count(len(r.Steps), "statement", "statements") + " in " + lasted(r.Took)
	if l := r.longest(); l.Lock != "" {
		line += "; the longest block: " + blocksBriefly(l.Blocks) + " of " + oneLine(on(l.Table, l.Index)) + " for " + lasted(l.To-l.From)
	}
	switch n := r.Contradictions(); {
	case r.Failed():
		line += "; the last failed"
		if n > 0 {
			line += "; " + count(n, "contradiction", "contradictions") + " to what safemig says"
		}
	case n > 0:
		line += "; " + count(n, "contradiction", "contradictions") + " to what safemig says: please report it"
	case r.partly():
		line += "; as far as it can be compared, the server did what safemig says"
	default:
		line += "; the server did what safemig says"
	}
	return line
}

// partly says whether some statement could not be held against the facts as a whole.
func (r *Trace) partly() bool {
	return slices.ContainsFunc(r.Steps, func(s TracedStep) bool { return len(s.Remarks) > 0 })
}
