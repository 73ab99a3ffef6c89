package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/estimate"
)

// EstimateMarkdown writes estimates as a comment of a pull request has them.
func EstimateMarkdown(w io.Writer, r *Estimate) error {
	var b strings.Builder
	for i := range r.Estimates {
		e := &r.Estimates[i]
		b.WriteString("## " + AsMarkdown(e.Path) + "\n\nBy " + AsMarkdown(e.From) + ".\n")
		for _, t := range e.Tables {
			b.WriteString("- " + AsMarkdown(tableText(t)) + "\n")
		}
		for _, done := range e.Tried {
			b.WriteString("- " + AsMarkdown(done) + "\n")
		}
		if e.Original != nil {
			b.WriteString("\n### As it stands\n\n" + Figures(e.Original))
		}
		if e.Plan != nil {
			b.WriteString("\n### As a plan\n\n" + Figures(e.Plan))
		}
		if e.NoPlan != "" {
			b.WriteString("\n" + AsMarkdown(e.NoPlan) + "\n")
		}
		total := e.Plan
		if total == nil {
			total = e.Original
		}
		b.WriteString("\n### When\n\n")
		for _, line := range total.Window {
			b.WriteString("- " + AsMarkdown(line) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Figures are the figures of all steps, as Markdown: a table, and what each of them is
// computed from.
func Figures(t *estimate.Total) string {
	var b strings.Builder
	b.WriteString("| step | locks | time | log | disk |\n| --- | --- | --- | --- | --- |\n")
	for i := range t.Costs {
		c := &t.Costs[i]
		b.WriteString("| " + strings.Join([]string{
			strconv.Itoa(c.Step.Number) + ". " + AsMarkdown(c.Step.Title), AsMarkdown(strings.Join(append(holdTexts(c), c.Missing...), "; ")),
			amount(c.Time, estimate.Seconds), amount(c.Log, estimate.Bytes), amount(c.Disk, estimate.Bytes),
		}, " | ") + " |\n")
	}
	b.WriteString("\n")
	for i := range t.Costs {
		c := &t.Costs[i]
		for _, f := range c.Figures {
			b.WriteString("- step " + strconv.Itoa(c.Step.Number) + ", " + f.Name + ": " + f.Amount.Text(f.Unit) + " = " + AsMarkdown(f.Formula) + "\n")
		}
	}
	return b.String()
}

func amount(r estimate.Range, u estimate.Unit) string {
	if r.High == 0 {
		return ""
	}
	return r.Text(u)
}
