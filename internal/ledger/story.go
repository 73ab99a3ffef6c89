package ledger

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Story is the plan in words, as Markdown with a timeline.
func (p *Plan) Story() []byte {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s\n\nMade of [`%s`](%s) on %s; to be finished by %s. `safemig status` says what is left of it.\n\n",
		p.Name, path.Base(p.Source), p.Source, p.Created, p.Deadline)
	out.WriteString("```mermaid\ntimeline\n    title " + mermaid(p.Name) + "\n")
	section := ""
	for i := range p.Steps {
		s := &p.Steps[i]
		if here := s.When(); here != section {
			section = here
			out.WriteString("    section " + mermaid(section) + "\n")
		}
		fmt.Fprintf(&out, "        %d : %s\n", i+1, mermaid(s.Title))
	}
	out.WriteString("```\n")
	section = ""
	for i := range p.Steps {
		s := &p.Steps[i]
		if here := s.When(); here != section {
			section = here
			out.WriteString("\n## " + strings.ToUpper(section[:1]) + section[1:] + "\n\n")
		}
		s.story(&out, i+1)
	}
	p.section(&out, "Checklist", p.Checklist)
	p.section(&out, "Figures", p.Figures)
	if len(p.Notes) > 0 {
		out.WriteString("\n## To know\n\n")
		for _, n := range p.Notes {
			out.WriteString("- " + oneLine(n) + "\n")
		}
	}
	return []byte(out.String())
}

// section writes a part that is told as a whole, where there is one.
func (p *Plan) section(out *strings.Builder, title, text string) {
	if text != "" {
		out.WriteString("\n## " + title + "\n\n" + strings.TrimRight(text, "\n") + "\n")
	}
}

// When is when the step comes, in words: steps that come together have the same.
func (s *Step) When() string {
	switch {
	case s.Backfill != nil:
		return "the rows that are there already"
	case !s.Waits:
		return "with the next run of the migrations"
	case s.Engine != nil:
		return "with an engine, outside of the migrations"
	case s.Phase == "contract":
		return "when nothing needs the old form any more"
	case slices.ContainsFunc(s.Requires, func(r string) bool { return strings.HasPrefix(r, "engine:") }):
		return "when the engine has done its work"
	}
	return "when the rows are done"
}

func (s *Step) story(out *strings.Builder, number int) {
	fmt.Fprintf(out, "%d. **%s**\n", number, oneLine(s.Title))
	if s.Engine != nil {
		s.Engine.story(out)
	}
	for _, f := range s.Files {
		fmt.Fprintf(out, "   - [`%s`](%s)\n", path.Base(f), f)
	}
	if b := s.Backfill; b != nil {
		fmt.Fprintf(out, "   - run it with `safemig backfill run %s`\n", b.Name)
	}
	if s.Left != "" {
		out.WriteString("   - left as it is: " + oneLine(s.Left) + "\n")
	}
	for _, r := range s.Requires {
		out.WriteString("   - first: " + InWords(r) + "\n")
	}
	if s.Final != "" {
		out.WriteString("   - going back: " + oneLine(s.Final) + "\n")
	}
}

// InWords is a requirement in words.
func InWords(requirement string) string {
	kind, what, _ := strings.Cut(requirement, ":")
	switch kind {
	case "backfill":
		return "the backfill " + what + " is done and verified"
	case "engine":
		return what + scriptExtension + " has done its work"
	case "deploy":
		return "every running version of the application: " + what
	case "wait":
		return strings.TrimSuffix(strings.TrimSuffix(what, "0s"), "0m") + " have gone by since the step before"
	}
	return requirement
}

// mermaid takes out what means something in a timeline: a colon ends an event.
// https://mermaid.js.org/syntax/timeline.html
func mermaid(text string) string {
	return strings.NewReplacer(":", "", ";", ",", "#", "", "`", "", "<", "", ">", "").Replace(oneLine(text))
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
