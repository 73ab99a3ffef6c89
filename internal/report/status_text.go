package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/safemig/safemig/rules"
)

// StatusText writes for people how plans stand.
func StatusText(w io.Writer, s *Status, style Style) error {
	t := fixText{style: style, palette: newPalette(style.Color)}
	for i := range s.Plans {
		t.planStatus(&s.Plans[i])
	}
	for i := range s.Broken {
		b := &s.Broken[i]
		t.line(0, "", b.place()+": "+b.Message)
		t.line(2, "do: ", b.Remedy)
		t.out.WriteByte('\n')
	}
	t.leftovers(s)
	if !style.Quiet {
		t.line(0, "", s.summary())
		if len(s.Plans) > 0 {
			t.line(0, "", s.asked())
		}
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

func (t *fixText) planStatus(p *PlanStatus) {
	t.out.WriteString(t.palette.bold.Sprint(clean(p.Name)) + ": " + t.planState(p) + "\n")
	t.line(2, "", p.origin())
	age := wrap(p.age(), t.style.width()-2)
	for _, line := range age {
		if p.Overdue() {
			line = t.palette.severity(rules.Error).Sprint(line)
		}
		t.out.WriteString("  " + line + "\n")
	}
	for i := range p.Steps {
		t.stepStatus(&p.Steps[i])
	}
	for _, f := range p.Faults {
		t.line(2, "fault: ", f)
	}
	for _, do := range p.Do {
		t.line(2, "do: ", do)
	}
	t.out.WriteByte('\n')
}

func (t *fixText) planState(p *PlanStatus) string {
	switch p.State {
	case PlanReady, PlanFinished:
		return t.palette.good.Sprint(p.stands())
	}
	return p.stands()
}

// stepStatus is a step with its state in a column of its own.
func (t *fixText) stepStatus(s *StepStatus) {
	const states = len("rolled-back")
	t.line(4, strconv.Itoa(s.Number)+". "+pad(s.State, states)+"  ", s.Title)
	below := 4 + len("1. ") + states + 2
	for _, f := range s.Files {
		t.line(below, "in ", f)
	}
	for _, f := range s.BackBy {
		t.line(below, "taken back by ", f)
	}
	if s.Confirmed != "" {
		t.line(below, "ran: ", s.Confirmed)
	}
	if s.State == "done" || s.State == "rolled-back" {
		return
	}
	for i := range s.Gates {
		g := &s.Gates[i]
		t.line(below, pad(g.State+":", len("unknown:"))+" ", g.said())
	}
	if s.Final != "" {
		t.line(below, "going back: ", s.Final)
	}
}

// StatusMarkdown writes how plans stand for a pull request or a job's summary.
func StatusMarkdown(w io.Writer, s *Status, style Style) error {
	var b strings.Builder
	b.WriteString("## safemig: " + markdownText(s.summary()) + "\n")
	for i := range s.Plans {
		s.Plans[i].markdown(&b)
	}
	for i := range s.Broken {
		f := &s.Broken[i]
		b.WriteString("\n### " + code(f.place()) + "\n\n" + markdownText(oneLine(f.Message)) + "\n\n- do: " + markdownText(oneLine(f.Remedy)) + "\n")
	}
	s.leftoversMarkdown(&b)
	if len(s.Plans) > 0 && !style.Quiet {
		b.WriteString("\n" + markdownText(s.asked()) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (p *PlanStatus) markdown(b *strings.Builder) {
	age := markdownText(p.age())
	if p.Overdue() {
		age = "**" + age + "**"
	}
	b.WriteString("\n### " + markdownText(p.Name) + ": " + markdownText(p.stands()) + "\n\n" + markdownText(p.origin()) + "; " + age + "\n\n| step | | what | waits for |\n| --- | --- | --- | --- |\n")
	for i := range p.Steps {
		s := &p.Steps[i]
		var gates []string
		for g := range s.Gates {
			if s.State == "next" || s.State == "waiting" {
				gates = append(gates, s.Gates[g].State+": "+markdownText(oneLine(s.Gates[g].said())))
			}
		}
		b.WriteString("| " + strconv.Itoa(s.Number) + " | " + s.State + " | " + markdownText(oneLine(s.Title)) + " | " + strings.Join(gates, "<br>") + " |\n")
	}
	b.WriteByte('\n')
	for _, f := range p.Faults {
		b.WriteString("- **fault**: " + markdownText(oneLine(f)) + "\n")
	}
	for _, do := range p.Do {
		b.WriteString("- do: " + markdownText(oneLine(do)) + "\n")
	}
}
