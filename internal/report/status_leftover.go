package report

import "strings"

// leftoversTitle stands above what no plan knows of.
const leftoversTitle = "begun and not finished, and in no plan"

func (t *fixText) leftovers(s *Status) {
	if len(s.Leftovers) > 0 {
		t.out.WriteString(t.palette.bold.Sprint(leftoversTitle) + "\n")
	}
	for i := range s.Leftovers {
		l := &s.Leftovers[i]
		t.line(2, "", l.said())
		t.line(4, "", l.Why)
		t.line(4, "do: ", l.Remedy)
	}
	for _, u := range s.Unread {
		t.line(2, "not looked at: ", u)
	}
	if len(s.Leftovers)+len(s.Unread) > 0 {
		t.out.WriteByte('\n')
	}
}

func (s *Status) leftoversMarkdown(b *strings.Builder) {
	if len(s.Leftovers) > 0 {
		b.WriteString("\n### " + strings.ToUpper(leftoversTitle[:1]) + leftoversTitle[1:] + "\n\n| what | why it matters | to do |\n| --- | --- | --- |\n")
	}
	for i := range s.Leftovers {
		l := &s.Leftovers[i]
		b.WriteString("| " + markdownText(oneLine(l.said())) + " | " + markdownText(oneLine(l.Why)) + " | " + markdownText(oneLine(l.Remedy)) + " |\n")
	}
	if len(s.Unread) > 0 {
		b.WriteByte('\n')
	}
	for _, u := range s.Unread {
		b.WriteString("- not looked at: " + markdownText(oneLine(u)) + "\n")
	}
}
