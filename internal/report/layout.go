package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// columns measures text as a terminal shows it.
func columns(s string) int {
	if isPlain(s) {
		return len(s)
	}
	return widths().StringWidth(s)
}

// isPlain says whether each byte of a text is a character that is seen as it is,
// one column wide.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// widths does not depend on the user's locale, so that a report is the same
// everywhere.
func widths() *runewidth.Condition {
	return &runewidth.Condition{StrictEmojiNeutral: true}
}

// clean makes text from a file harmless to print: control characters could
// drive the terminal, and direction overrides could show another text than the
// server runs.
func clean(s string) string {
	if !isPlain(s) {
		s = strings.Map(harmless, s)
	}
	return strings.ReplaceAll(s, "##[", "## [") // which CI runners obey, wherever it stands
}

// cleanName is a path on one line, its blanks kept.
func cleanName(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return unicode.ReplacementChar
		}
		return harmless(r)
	}, s)
}

func harmless(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case unicode.IsControl(r), overridesDirection(r):
		return unicode.ReplacementChar
	}
	return r
}

func overridesDirection(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// oneLine is text without line ends, its blanks joined.
func oneLine(s string) string {
	if !isPlain(s) || strings.Contains(s, "  ") || strings.Trim(s, " ") != s {
		s = strings.Join(strings.Fields(s), " ")
	}
	return clean(s)
}

// wrap breaks text into lines of at most width columns. Lines that begin with
// blanks are examples: they stay as they are.
func wrap(text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimRight(clean(text), "\n "), "\n") {
		if line == "" || line[0] == ' ' || line[0] == '\t' {
			out = append(out, line)
			continue
		}
		out = append(out, wrapBehind(line, width, width)...)
	}
	return out
}

// WrapLine breaks a line between words, into lines of at most width columns.
func WrapLine(line string, width int) []string { return wrapBehind(line, width, width) }

// wrapBehind breaks one line, of which the first piece has another width than
// the rest because something stands before it; that piece may be empty.
func wrapBehind(line string, first, width int) []string {
	line = joined(line)
	if columns(line) <= first {
		return []string{noCommand(line)}
	}
	var out []string
	from, end, room := 0, 0, first // the open piece is line[from:end]
	for at := 0; at < len(line); {
		word := line[at:]
		if i := strings.IndexByte(word, ' '); i >= 0 {
			word = word[:i]
		}
		w := columns(word)
		if w > room && (end > from || first < width) {
			out = append(out, line[from:end])
			from, room, first = at, width, width
		}
		end = at + len(word)
		room -= w + 1
		at = end + 1
	}
	out = append(out, line[from:end])
	for i := range out {
		out[i] = noCommand(out[i])
	}
	return out
}

// noCommand is a line that GitHub's runner does not take for a command to itself.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func noCommand(line string) string {
	if strings.HasPrefix(line, "::") {
		return ": " + line[1:]
	}
	return line
}

// joined is text whose words have one blank between them.
func joined(line string) string {
	last := byte(' ')
	for i := range len(line) {
		if c := line[i]; c < ' ' || c >= utf8.RuneSelf || c == ' ' && last == ' ' {
			return strings.Join(strings.Fields(line), " ")
		}
		last = line[i]
	}
	return strings.TrimSuffix(line, " ")
}

// shorten cuts text to a width, with an ellipsis where something is left out.
func shorten(s string, width int) string { return widths().Truncate(s, width, "…") }

// pad fills text up to a width.
func pad(s string, width int) string {
	if n := width - columns(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
