package report

import (
	"bytes"
	"strconv"
	"strings"
)

// frameText draws a frame: line numbers, source, and a mark under the clause or
// along its lines.
type frameText struct {
	palette palette
	mark    func(a ...any) string // paints the mark in the colour of the severity
	digits  int
	room    int // columns for source
}

func (t *frameText) draw(b *bytes.Buffer, f Frame) {
	if len(f.Lines) == 0 {
		return
	}
	t.gutter(b, 0, "")
	if f.Context.Number > 0 {
		t.gutter(b, f.Context.Number, t.margin(f)+t.shown(f.Context).text)
		if f.Context.Number+1 < f.Lines[0].Number {
			t.gap(b)
		}
	}
	if len(f.Lines) == 1 {
		t.single(b, f.Lines[0])
	} else {
		t.several(b, f.Lines)
	}
}

// margin is where the mark along several lines stands.
func (t *frameText) margin(f Frame) string {
	if len(f.Lines) > 1 {
		return "  "
	}
	return ""
}

func (t *frameText) gutter(b *bytes.Buffer, number int, text string) {
	label := ""
	if number > 0 {
		label = strconv.Itoa(number)
	}
	head := strings.Repeat(" ", t.digits-len(label)) + label + " |"
	b.WriteString(t.palette.gutter.Sprint(head))
	if text != "" {
		b.WriteString(" " + text)
	}
	b.WriteByte('\n')
}

func (t *frameText) gap(b *bytes.Buffer) {
	b.WriteString(t.palette.gutter.Sprint(strings.Repeat(" ", t.digits-1)+"...") + "\n")
}

func (t *frameText) single(b *bytes.Buffer, line Line) {
	s := t.shown(line)
	t.gutter(b, line.Number, s.text)
	t.gutter(b, 0, strings.Repeat(" ", s.from)+t.mark(strings.Repeat("^", max(1, s.to-s.from))))
}

// several draws a bar along the lines of a clause, with a hook where it begins
// and where it ends.
func (t *frameText) several(b *bytes.Buffer, lines []Line) {
	bar := t.mark("|") + " "
	head := t.shown(lines[0])
	if strings.TrimSpace(lines[0].Text[:lines[0].From]) == "" {
		t.gutter(b, lines[0].Number, t.mark("/")+" "+head.text)
	} else {
		t.gutter(b, lines[0].Number, "  "+head.text)
		t.gutter(b, 0, " "+t.mark(strings.Repeat("_", head.from+1)+"^"))
	}
	for i, line := range lines[1:] {
		if line.Number > lines[i].Number+1 {
			t.gap(b)
		}
		t.gutter(b, line.Number, bar+t.shown(line).text)
	}
	last := t.shown(lines[len(lines)-1])
	t.gutter(b, 0, t.mark("|"+strings.Repeat("_", last.to)+"^"))
}
