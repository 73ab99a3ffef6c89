package report

import "strings"

// LocksMarkdown is what one statement does, in words, for editors.
func LocksMarkdown(s *Statement) string {
	var b strings.Builder
	b.WriteString("**" + strings.ToUpper(strings.ReplaceAll(s.Kind, "_", " ")) + "**\n")
	for _, e := range worstFirst(s.Effects) {
		b.WriteString("\n- " + code(tableName(e.Table)) + ": " + holds(e) + ", " + workBriefly(e.Work) + "\n")
		b.WriteString("  - keeps waiting: " + AsMarkdown(waiting(e)) + "\n")
		if why := reason(e, ""); why != "" {
			b.WriteString("  - why: " + AsMarkdown(why) + "\n")
		}
	}
	if len(s.Effects) == 0 && !s.Unknown {
		b.WriteString("\nlocks no table\n")
	}
	for _, r := range s.remarks() {
		b.WriteString("\n" + r + "\n")
	}
	return b.String()
}

// code is a text between marks that it does not hold itself.
func code(text string) string {
	mark := "`"
	for strings.Contains(text, mark) {
		mark += "`"
	}
	if len(mark) > 1 {
		return mark + " " + oneLine(text) + " " + mark
	}
	return mark + oneLine(text) + mark
}

// AsMarkdown is a text that stands for itself, on one line.
func AsMarkdown(text string) string { return markdownText(oneLine(text)) }
