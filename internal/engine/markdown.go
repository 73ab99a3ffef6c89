package engine

import (
	"fmt"
	"strings"
)

// Markdown is the table as docs/engines.md has it.
func Markdown() string {
	var out strings.Builder
	for _, g := range Table() {
		fmt.Fprintf(&out, "## %s\n\n| |", g.Title)
		for _, n := range All() {
			fmt.Fprintf(&out, " %s |", n.Title())
		}
		out.WriteString("\n| --- |" + strings.Repeat(" --- |", len(All())) + "\n")
		for _, r := range g.Rows {
			fmt.Fprintf(&out, "| **%s** |", r.Situation)
			for _, n := range All() {
				out.WriteString(" " + r.Cells[n].markdown() + " |")
			}
			out.WriteString("\n")
		}
		out.WriteString("\n")
	}
	return out.String()
}

func (c Cell) markdown() string {
	if c.Why == "" {
		return c.Verdict.String()
	}
	return fmt.Sprintf("%s: %s ([source](%s))", c.Verdict, strings.ReplaceAll(c.Why, "|", `\|`), c.Ref)
}
