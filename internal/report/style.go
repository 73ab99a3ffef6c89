package report

import (
	"github.com/fatih/color"

	"github.com/safemig/safemig/rules"
)

// Style says how text is laid out: it depends on where the text goes, which
// only the caller knows.
type Style struct {
	Width int // columns of the terminal; zero means DefaultWidth
	Color bool
	// Quiet leaves out everything but the findings.
	Quiet bool
}

// DefaultWidth is for output that goes to no terminal.
const DefaultWidth = 100

// Text is never laid out narrower or wider than this: below, nothing fits;
// above, lines are too long to read.
const (
	minWidth = 60
	maxWidth = 120
)

func (s Style) width() int {
	if s.Width == 0 {
		return DefaultWidth
	}
	return min(max(s.Width, minWidth), maxWidth)
}

// palette is the colours of one report.
type palette struct {
	plain, bold               *color.Color
	rule, gutter, label, good *color.Color
	added, removed            *color.Color
	bySeverity                [4]*color.Color
}

func newPalette(on bool) palette {
	paint := func(attributes ...color.Attribute) *color.Color {
		c := color.New(attributes...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c
	}
	plain := color.New()
	plain.DisableColor()
	return palette{
		plain:  plain,
		bold:   paint(color.Bold),
		rule:   paint(color.FgMagenta),
		gutter: paint(color.FgBlue),
		label:  paint(color.FgCyan),
		good:   paint(color.FgGreen, color.Bold),
		added:  paint(color.FgGreen), removed: paint(color.FgRed),
		bySeverity: [4]*color.Color{
			rules.Info:    paint(color.FgCyan, color.Bold),
			rules.Warning: paint(color.FgYellow, color.Bold),
			rules.Error:   paint(color.FgRed, color.Bold),
		},
	}
}

func (p palette) severity(s rules.Severity) *color.Color {
	if c := p.bySeverity[s]; c != nil {
		return c
	}
	return p.bold
}

// inForce is the severity that a rule reports at in this project, or "off".
func (p palette) inForce(r *rules.Rule, width int) string {
	word := r.InForce()
	s, err := rules.ParseSeverity(word)
	if err != nil {
		return pad(word, width) // off: of no severity
	}
	return p.severity(s).Sprint(pad(word, width))
}
