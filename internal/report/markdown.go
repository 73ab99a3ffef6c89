package report

import (
	"bytes"
	"html"
	"io"
	"strconv"
	"strings"
)

// mostMarkdown keeps below what GitHub takes of a step: it drops a summary of
// more than 1 MiB as a whole.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
const mostMarkdown = 1_000_000

// Markdown writes a summary of a job: the worst first, each finding folded.
func Markdown(w io.Writer, r *Lint, style Style) error {
	return markdownWithin(w, r, style, mostMarkdown)
}

// markdownWithin writes no more than some bytes, and says how many findings are
// left out.
func markdownWithin(w io.Writer, r *Lint, style Style, most int) error {
	m := markdown{text: textReport{style: Style{Width: DefaultWidth}, palette: newPalette(false)}}
	head, foot := m.head(r), m.foot(r, style)
	var b strings.Builder
	b.WriteString(head)
	all := r.worst()
	room := most - len(head) - len(foot) - len(leftOut(len(all)))
	for i := range all {
		f := all[i]
		f.Path = r.Place.inRepository(f.Path)
		text := m.finding(&f)
		if room -= len(text); room < 0 {
			b.WriteString(leftOut(len(all) - i))
			break
		}
		b.WriteString(text)
	}
	b.WriteString(foot)
	_, err := io.WriteString(w, b.String())
	return err
}

func leftOut(n int) string {
	return "\n" + count(n, "more finding is", "more findings are") + " left out: there is no room for more.\n"
}

type markdown struct{ text textReport }

func (m *markdown) head(r *Lint) string {
	return "## safemig: " + markdownText(m.text.verdict(r)) + "\n"
}

func (m *markdown) foot(r *Lint, style Style) string {
	note := versionNote(r.Targets)
	if note == "" || style.Quiet {
		return ""
	}
	return "\n" + markdownText(note) + "\n"
}

// finding is one line, and behind it what can be unfolded.
func (m *markdown) finding(f *Finding) string {
	var b strings.Builder
	b.WriteString("\n<details><summary><b>" + f.Severity.String() + "</b> <code>" + markup(cleanName(f.Path)) + ":" + strconv.Itoa(f.Start.Line) +
		"</code> " + markup(oneLine(f.Message)) + "</summary>\n\n")
	if code := m.code(f); code != "" {
		b.WriteString(fenced(code) + "\n")
	}
	for _, d := range f.details() {
		b.WriteString(m.detail(d))
	}
	b.WriteString("- rule: [" + markdownText(f.Rule) + "](" + f.url() + ")\n\n</details>\n")
	return b.String()
}

func (m *markdown) code(f *Finding) string {
	var b bytes.Buffer
	digits := len(strconv.Itoa(f.lastLine()))
	frame := frameText{palette: m.text.palette, mark: m.text.palette.bold.Sprint, digits: digits, room: m.text.style.width() - digits - len(" |   ")}
	frame.draw(&b, f.Frame)
	return b.String()
}

// detail is an item of a list. Lines that begin with blanks are examples.
func (m *markdown) detail(d detail) string {
	plain := !strings.Contains("\n"+strings.TrimSpace(d.text), "\n ")
	if plain {
		return "- " + d.label + ": " + markdownText(oneLine(d.text)) + "\n"
	}
	return "- " + d.label + ":\n\n" + indented(fenced(strings.TrimRight(clean(d.text), "\n ")+"\n")) + "\n"
}

func indented(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}

// fenced is code between fences that no line of it can close.
func fenced(code string) string {
	longest, run := 0, 0
	for _, c := range code {
		if run++; c != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", max(longest+1, 3))
	return fence + "text\n" + code + fence + "\n"
}

// markup is text in HTML, and nobody is called by a name in it.
func markup(s string) string { return html.EscapeString(unmentioned(s)) }

// markdownText is text that stands for itself.
func markdownText(s string) string {
	const special = "\\`*_[]<>&|~$"
	var b strings.Builder
	for _, c := range unmentioned(clean(s)) {
		if strings.ContainsRune(special, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// unmentioned keeps GitHub from telling whoever has the name behind an @.
func unmentioned(s string) string { return strings.ReplaceAll(s, "@", "@\u200b") }
