package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/estimate"
)

// EstimateText writes estimates for people.
func EstimateText(w io.Writer, r *Estimate, style Style) error {
	t := estimateText{fixText{style: style, palette: newPalette(style.Color)}}
	for i := range r.Estimates {
		if i > 0 {
			t.out.WriteByte('\n')
		}
		t.one(&r.Estimates[i], style.Quiet)
	}
	if note := versionNote(r.Targets); note != "" && !style.Quiet && len(r.Estimates) > 0 {
		t.out.WriteString("\n")
		t.line(0, "", note)
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

// widestFigure is what the names of figures need: "redo and binlog".
const widestFigure = 15

type estimateText struct{ fixText }

func (t *estimateText) one(e *Estimated, quiet bool) {
	t.out.WriteString(t.palette.bold.Sprint(clean(e.Path)) + "\n")
	if !quiet {
		t.line(2, "by ", e.From)
		for _, table := range e.Tables {
			t.line(2, "", tableText(table))
		}
		for _, done := range e.Tried {
			t.line(2, "", done)
		}
	}
	if e.Original != nil {
		t.heading("as it stands")
		t.costs(e.Original, false)
	}
	switch {
	case e.Plan != nil && e.Original != nil:
		t.heading("as a plan of " + count(len(e.Plan.Costs), "step", "steps") + ": safemig fix")
		t.costs(e.Plan, true)
	case e.Plan != nil:
		t.heading(count(len(e.Plan.Costs), "step", "steps"))
		t.costs(e.Plan, true)
	case e.NoPlan != "":
		t.out.WriteByte('\n')
		t.line(2, "", e.NoPlan)
	}
	total := e.Plan
	if total == nil {
		total = e.Original
	}
	t.heading("when")
	for _, line := range total.Window {
		t.line(4, "- ", line)
	}
}

func (t *estimateText) heading(text string) {
	t.out.WriteString("\n  " + t.palette.label.Sprint(text) + "\n")
}

func (t *estimateText) costs(total *estimate.Total, numbered bool) {
	for i := range total.Costs {
		c := &total.Costs[i]
		below := 4
		if numbered {
			t.line(4, strconv.Itoa(c.Step.Number)+". ", c.Step.Title)
			below = 7
		}
		t.cost(below, c)
	}
}

func (t *estimateText) cost(below int, c *estimate.Cost) {
	for _, h := range holdTexts(c) {
		t.line(below, "", h)
	}
	for _, f := range c.Figures {
		name := pad(f.Name, widestFigure)
		t.out.WriteString(strings.Repeat(" ", below) + t.palette.label.Sprint(name) + "  " + t.palette.bold.Sprint(f.Amount.Text(f.Unit)) + measured(f) + "\n")
		t.line(below+widestFigure+2, "= ", f.Formula)
	}
	for _, n := range c.Notes {
		t.line(below, "", n)
	}
	for _, m := range c.Missing {
		t.line(below, "not known: ", m)
	}
}

func measured(f estimate.Figure) string {
	if f.Measured {
		return " (measured)"
	}
	return ""
}
