package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/safemig/safemig/rules"
)

// ProofText writes a proof for people: the verdict, both runs side by side, and each run
// with a timeline and its steps.
func ProofText(w io.Writer, p *Proof, style Style) error {
	t := proofText{pen: newPen(style), proof: p}
	var b strings.Builder
	t.wrapped(&b, "", p.Target.Name()+" "+p.Target.Version.String()+", "+p.Where+": "+strings.Join(p.Sources, ", "))
	t.verdict(&b)
	if !style.Quiet {
		t.given(&b)
		t.compared(&b)
		t.run(&b, "original", &p.Original)
		if p.NoPlan == "" {
			t.run(&b, "plan", &p.Plan)
		}
		t.ends(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

type proofText struct {
	pen
	proof     *Proof
	explained bool // what the marks of the timeline mean
}

func (t *proofText) verdict(b *strings.Builder) {
	b.WriteString("\n")
	for i, c := range t.proof.verdict() {
		paint := t.palette.plain
		switch {
		case c.Fault:
			paint = t.palette.severity(rules.Error)
		case c.Gap:
			paint = t.palette.severity(rules.Warning)
		case i == 0:
			paint = t.palette.good
		}
		t.hung(b, paint, c.Text)
	}
}

// given is what both runs had.
func (t *proofText) given(b *strings.Builder) {
	b.WriteString("\n")
	var rows []string
	for _, r := range t.proof.Rows {
		rows = append(rows, oneLine(tableName(r.Table))+" "+grouped(r.Rows))
	}
	if len(rows) > 0 {
		t.wrapped(b, "", "rows: "+strings.Join(rows, ", "))
	}
	for _, r := range t.proof.Rows {
		if r.Why != "" {
			t.remark(b, "", oneLine(tableName(r.Table))+": "+r.Why)
		}
	}
	t.wrapped(b, "", "load: "+t.proof.Load.words())
}

// compared has a line for each thing that can be held side by side.
func (t *proofText) compared(b *strings.Builder) {
	if len(t.proof.Plan.Steps) == 0 {
		return
	}
	lines := t.proof.compared()
	name, left := 0, columns("original")
	for _, c := range lines {
		name, left = max(name, columns(c.What)), max(left, columns(c.Original))
	}
	b.WriteString("\n" + pad("", name) + "  " + t.palette.bold.Sprint(pad("original", left)+"  plan") + "\n")
	for _, c := range lines {
		b.WriteString(pad(c.What, name) + "  " + pad(c.Original, left) + "  " + c.Plan + "\n")
	}
}

// ends is what was found when both had run.
func (t *proofText) ends(b *strings.Builder) {
	p := t.proof
	t.list(b, "the end differs:", p.End.Differences, true)
	t.list(b, "the plan's catalogue under load and alone differ:", p.End.UnderLoad, true)
	t.list(b, "not compared:", p.End.Notes, false)
	t.list(b, "the way back:", p.Back.Faults, true)
	t.list(b, "remarks:", p.Remarks, false)
}

// mostListed is how many of a kind are shown on a terminal; the JSON has all of them.
const mostListed = 20

func (t *proofText) list(b *strings.Builder, title string, items []string, bad bool) {
	if len(items) == 0 {
		return
	}
	b.WriteString("\n" + t.palette.bold.Sprint(title) + "\n")
	for i, text := range items {
		if i == mostListed {
			t.remark(b, hanging, "and "+strconv.Itoa(len(items)-i)+" more")
			return
		}
		if bad {
			t.loud(b, text)
		} else {
			t.remark(b, hanging, text)
		}
	}
}
