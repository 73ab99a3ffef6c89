package report

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Text writes findings for people: each with a frame of its source and what
// it does to whom, and a summary.
func Text(w io.Writer, r *Lint, style Style) error {
	t := NewTextWriter(w, style)
	for i := range r.Findings {
		if err := t.Add(&r.Findings[i]); err != nil {
			return err
		}
	}
	return t.Finish(r)
}

// TextWriter writes what Text does, finding by finding: nobody need keep them.
type TextWriter struct {
	text  textReport
	to    io.Writer
	next  bytes.Buffer
	worst worst
}

// NewTextWriter is a writer of findings.
func NewTextWriter(to io.Writer, style Style) *TextWriter {
	return &TextWriter{text: textReport{style: style, palette: newPalette(style.Color)}, to: to}
}

// Add writes a finding, now or together with the next ones.
func (t *TextWriter) Add(f *Finding) error {
	t.worst.add(f)
	t.text.finding(&t.next, f)
	t.next.WriteByte('\n')
	if t.next.Len() < atOnce {
		return nil
	}
	return t.Flush()
}

// Flush writes the findings that were added.
func (t *TextWriter) Flush() error {
	_, err := t.to.Write(t.next.Bytes())
	t.next.Reset()
	return err
}

// Finish writes the summary; the result's findings were added before.
func (t *TextWriter) Finish(r *Lint) error {
	if !t.text.style.Quiet {
		t.next.WriteString(t.text.summary(r, t.worst))
	}
	return t.Flush()
}

// atOnce is how many bytes are written together.
const atOnce = 16 << 10

type textReport struct {
	style   Style
	palette palette
}

func (t *textReport) finding(b *bytes.Buffer, f *Finding) {
	t.headline(b, f)
	digits := len(strconv.Itoa(f.lastLine()))
	frame := frameText{
		palette: t.palette, mark: t.palette.severity(f.Severity).Sprint,
		digits: digits, room: t.style.width() - digits - len(" |   "),
	}
	frame.draw(b, f.Frame)
	details := f.details()
	if len(details) > 0 && len(f.Frame.Lines) > 0 {
		frame.gutter(b, 0, "")
	}
	for _, d := range details {
		t.detail(b, digits, d)
	}
}

func (f *Finding) lastLine() int {
	if n := len(f.Frame.Lines); n > 0 {
		return f.Frame.Lines[n-1].Number
	}
	return f.Start.Line
}

// hanging is the indent of a message's further lines.
const hanging = "    "

// headline is place, severity, rule and message, broken where it is too long.
func (t *textReport) headline(b *bytes.Buffer, f *Finding) {
	place := cleanName(f.Path) + ":" + strconv.Itoa(f.Start.Line) + ":" + strconv.Itoa(f.Start.Column)
	head := place + ": " + f.Severity.String() + "[" + f.Rule + "] "
	message, room := oneLine(f.Message), t.style.width()-len(hanging)
	first := t.style.width() - columns(head)
	if first < leastRoom && columns(message) > first {
		first = 0 // a word or two behind the rule's name read worse than none
	}
	for i, line := range wrapBehind(message, first, room) {
		if i == 0 {
			b.WriteString(t.palette.bold.Sprint(place) + ": " + t.palette.severity(f.Severity).Sprint(f.Severity.String()) +
				t.palette.rule.Sprint("["+f.Rule+"]"))
			if line != "" {
				b.WriteString(" " + line)
			}
		} else {
			b.WriteString(hanging + line)
		}
		b.WriteByte('\n')
	}
}

// detail is a labelled text below a frame.
type detail struct{ label, text string }

func (f *Finding) details() []detail {
	var out []detail
	effects := worstFirst(f.Effects)
	if len(effects) > 0 {
		e := effects[0]
		out = append(out,
			detail{holdsLabel(e), holds(e) + " on " + tableName(e.Table)},
			detail{"blocks", waiting(e)})
		if why := reason(e, f.Message); why != "" {
			out = append(out, detail{"why", why})
		}
		if len(effects) > 1 {
			out = append(out, detail{"also", alsoHeld(effects[1:])})
		}
	}
	if f.Help != "" {
		out = append(out, detail{"instead", f.Help})
	}
	return out
}

// alsoHeld names further tables briefly; a partitioned table may have hundreds.
func alsoHeld(effects []change.Effect) string {
	const shown = 4
	var parts []string
	for i, e := range effects {
		if i == shown && len(effects) > shown+1 {
			parts = append(parts, count(len(effects)-shown, "more table", "more tables"))
			break
		}
		parts = append(parts, holds(e)+" on "+tableName(e.Table)+" (blocks "+blocksBriefly(e.Blocks)+")")
	}
	return Several(parts)
}

const labelWidth = len("instead: ")

func (t *textReport) detail(b *bytes.Buffer, digits int, d detail) {
	indent := strings.Repeat(" ", digits+1)
	room := t.style.width() - digits - len(" = ") - labelWidth
	for i, line := range wrap(d.text, room) {
		if i == 0 {
			b.WriteString(indent + t.palette.gutter.Sprint("=") + " " + t.palette.label.Sprint(pad(d.label+":", labelWidth)))
		} else if line != "" {
			b.WriteString(indent + strings.Repeat(" ", len("= ")+labelWidth))
		}
		b.WriteString(line + "\n")
	}
}
