package report

import (
	"strings"

	"github.com/fatih/color"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// pen writes what was observed on a server, for people.
type pen struct {
	style   Style
	palette palette
}

func newPen(style Style) pen { return pen{style, newPalette(style.Color)} }

// weight is the colour of who waits, and for what.
func (p *pen) weight(blocks change.Access, work change.Work) *color.Color {
	switch {
	case blocks&(change.Reads|change.Writes) == 0:
		return p.palette.good
	case work.Grows():
		return p.palette.severity(rules.Error)
	}
	return p.palette.severity(rules.Warning)
}

func (p *pen) remark(b *strings.Builder, indent, text string) {
	p.painted(b, indent, p.palette.label, text)
}

func (p *pen) loud(b *strings.Builder, text string) {
	p.painted(b, hanging, p.palette.severity(rules.Error), text)
}

// painted is text of any length in a colour, each of its lines indented.
func (p *pen) painted(b *strings.Builder, indent string, paint *color.Color, text string) {
	for _, line := range wrap(clean(text), p.style.width()-len(indent)) {
		b.WriteString(indent + paint.Sprint(line) + "\n")
	}
}

// wrapped is text of any length in no colour.
func (p *pen) wrapped(b *strings.Builder, indent, text string) {
	p.painted(b, indent, p.palette.plain, text)
}

// hung is text of any length whose further lines are indented.
func (p *pen) hung(b *strings.Builder, paint *color.Color, text string) {
	for i, line := range wrapBehind(oneLine(text), p.style.width(), p.style.width()-len(hanging)) {
		if i > 0 {
			b.WriteString(hanging)
		}
		b.WriteString(paint.Sprint(line) + "\n")
	}
}
